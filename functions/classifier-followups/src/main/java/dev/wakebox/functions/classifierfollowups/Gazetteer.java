package dev.wakebox.functions.classifierfollowups;

import java.text.DateFormatSymbols;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What is known of names and of the words in them. Immutable. */
final class Gazetteer {
    private final Set<String> titles = WordList.of("titles.txt");
    private final Set<String> givenNames = WordList.of("given-names.txt");
    private final Set<String> personNouns = WordList.of("person-nouns.txt");
    private final Set<String> places = new HashSet<>(WordList.of("places.txt"));
    private final Set<String> placeWords = WordList.of("place-words.txt");
    private final Set<String> organisations = WordList.of("organisations.txt");
    private final Set<String> organisationWords = WordList.of("organisation-words.txt");
    private final Set<String> administrations = WordList.of("administrations.txt");
    private final Set<String> others = new HashSet<>(WordList.of("others.txt"));

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

    Set<String> titles() {
        return titles;
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
        return places.contains(WordList.key(name));
    }

    boolean placeWord(String word) {
        return placeWords.contains(word);
    }

    boolean organisation(String name) {
        return organisations.contains(WordList.key(name));
    }

    boolean organisationWord(String word) {
        return organisationWords.contains(word);
    }

    /** Whether what begins with the word may have several subjects: "Ministry of Fisheries and Oceans". */
    boolean administration(String word) {
        return administrations.contains(word);
    }

    /** Days, languages and the like. */
    boolean other(String name) {
        return others.contains(WordList.key(name));
    }
}
