package dev.wakebox.functions.classifierfollowups;

import java.text.DateFormatSymbols;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Lists of names and of words that occur in names. Immutable. */
final class Gazetteer {
    /** "U.K.", "Ph.D.". */
    static final Pattern INITIALS = Pattern.compile("(?:\\p{L}{1,2}\\.){2,8}(?!\\p{L})");

    /** "UC", "SUNY", "UMass", "NYU". */
    private static final Pattern CAPITALS_WITH_U = Pattern.compile("U\\p{Lu}\\p{L}{0,8}|\\p{Lu}{1,4}U\\p{Lu}{0,3}");

    private final Set<String> titles = WordList.of("titles.txt");
    private final Set<String> givenNames = WordList.of("given-names.txt");
    private final Set<String> personNouns = WordList.of("person-nouns.txt");
    private final Set<String> places = new HashSet<>(WordList.of("places.txt"));
    private final Set<String> placeWords = WordList.of("place-words.txt");
    private final Set<String> organisations = WordList.of("organisations.txt");
    private final Set<String> organisationWords = WordList.of("organisation-words.txt");
    private final Set<String> administrations = WordList.of("administrations.txt");
    private final Set<String> others = new HashSet<>(WordList.of("others.txt"));
    private final Set<String> universitySystems = WordList.of("university-systems.txt");
    private final Set<String> abbreviations = WordList.of("abbreviations.txt");
    private final Set<String> abbreviationsBeforeNames = WordList.of("abbreviations-before-names.txt");

    Gazetteer() {
        for (String country : Locale.getISOCountries()) {
            places.add(WordList.key(Locale.of("", country).getDisplayCountry(Locale.ENGLISH)));
        }
        for (String zone : ZoneId.getAvailableZoneIds()) {
            if (zone.contains("/") && !zone.startsWith("Etc/") && !zone.startsWith("SystemV/")) {
                places.add(
                        WordList.key(zone.substring(zone.lastIndexOf('/') + 1).replace('_', ' ')));
            }
        }
        for (String language : Locale.getISOLanguages()) {
            others.add(WordList.key(Locale.of(language).getDisplayLanguage(Locale.ENGLISH)));
        }
        var calendar = DateFormatSymbols.getInstance(Locale.ENGLISH);
        for (String name : calendar.getMonths()) {
            others.add(WordList.key(name));
        }
        Arrays.stream(calendar.getWeekdays()).filter(day -> !day.isEmpty()).forEach(day -> {
            others.add(WordList.key(day));
            others.add(WordList.key(day) + "s");
        });
    }

    /** Whether the full stop at the end belongs to the word: "U.K.", "Ph.D.", "Inc.", but not "home.". */
    boolean abbreviation(String word) {
        return INITIALS.matcher(word).matches()
                || (word.endsWith(".") && (abbreviations.contains(WordList.key(word)) || abbreviationBeforeName(word)));
    }

    /** Whether it is an abbreviation that a name follows: "Mrs.", "St.". */
    boolean abbreviationBeforeName(String word) {
        return word.endsWith(".") && abbreviationsBeforeNames.contains(WordList.key(word));
    }

    /** Whether the word and a town name a university: "UC Davis", "UMass Amherst", "ETH Zurich". */
    boolean universitySystem(String word) {
        return universitySystems.contains(WordList.key(word)) || (capitalsWithU(word) && !place(word));
    }

    /** Whether the word alone names a university, as "NYU" and "UIUC" do. */
    boolean university(String word) {
        return word.length() > 2 && capitalsWithU(word) && !place(word);
    }

    boolean title(String word) {
        return titles.contains(WordList.key(word));
    }

    boolean givenName(String word) {
        return givenNames.contains(WordList.key(word));
    }

    boolean personNoun(String word) {
        return personNouns.contains(word);
    }

    boolean place(String name) {
        return known(places, name);
    }

    boolean placeWord(String word) {
        return placeWords.contains(word);
    }

    boolean organisation(String name) {
        return known(organisations, name);
    }

    boolean organisationWord(String word) {
        return organisationWords.contains(word);
    }

    /** Whether a name that begins with the word may have several subjects: "Ministry of Fisheries and Oceans". */
    boolean administration(String word) {
        return administrations.contains(word);
    }

    /** Days, languages and similar words. */
    boolean other(String name) {
        return known(others, name);
    }

    /** Compares with and without the full stops of initials. */
    private static boolean known(Set<String> names, String name) {
        String key = WordList.key(name);
        return names.contains(key) || names.contains(key.replace(".", ""));
    }

    private static boolean capitalsWithU(String word) {
        return CAPITALS_WITH_U.matcher(word.replace(".", "")).matches();
    }
}
