package dev.wakebox.functions.classifierfollowups;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Determines the kind of a name by the lists, then by its words, then by the words around it. Immutable. */
final class NameRules implements NameKinds {
    private static final Set<String> TOWARDS_PLACES = Set.of(
            "in", "near", "outside", "around", "across", "through", "to", "from", "visit", "visited", "leaving",
            "between");
    private static final Set<String> TOWARDS_ORGANISATIONS = Set.of("for", "with", "of", "to", "from");
    private static final Set<String> BEFORE_ORGANISATIONS = Set.of("joined", "join", "joining", "quit", "founded");
    private static final Set<String> AFTER_ORGANISATIONS = WordList.of("organisation-verbs.txt");
    private static final Set<String> BEFORE_OTHERS =
            Set.of("speak", "speaks", "spoke", "speaking", "learned", "using", "use", "celebrate");
    private static final Set<String> EVENTS = Set.of("hurricane", "typhoon", "operation", "project", "war", "day");
    /** Verbs for activities at an organisation, in contrast to a place. */
    private static final Set<String> WORK = WordList.of("work.txt");
    /** Words that may stand between "my friend" and a name. */
    private static final Set<String> OPENINGS = Set.of(",", "was", "is", "by");

    private static final Set<String> TO_BE = Set.of("is", "was", "'s", "’s");
    private static final Set<String> HE_OR_SHE = Set.of("he", "she");
    private static final Set<String> PEOPLE_DO = WordList.of("person-verbs.txt");

    private final Gazetteer gazetteer;

    NameRules(Gazetteer gazetteer) {
        this.gazetteer = requireNonNull(gazetteer, "gazetteer is null");
    }

    @Override
    public NameKind of(Name name) {
        NameKind known = byWords(name);
        return known == NameKind.UNKNOWN ? byContext(name) : known;
    }

    /** Whether it is a verb whose subject is usually a person. */
    static boolean peopleDo(String verb) {
        return PEOPLE_DO.contains(verb);
    }

    private NameKind byWords(Name name) {
        List<String> words = name.words();
        String first = words.getFirst();
        String last = words.getLast();
        if (gazetteer.other(name.text()) || EVENTS.contains(first) || EVENTS.contains(last)) {
            return NameKind.OTHER;
        }
        boolean several = words.size() > 1;
        if (gazetteer.organisation(name.text()) || (several && gazetteer.organisationWord(last))) {
            return NameKind.ORGANISATION;
        }
        String firstAsWritten = name.text().split(" ", 2)[0];
        if (several ? gazetteer.universitySystem(firstAsWritten) : gazetteer.university(name.text())) {
            return NameKind.ORGANISATION;
        }
        if (words.contains("of")) {
            return gazetteer.placeWord(first) ? NameKind.PLACE : NameKind.ORGANISATION;
        }
        String before = name.sentence().lower(name.from() - 1);
        if (several && first.equals("st") && (gazetteer.place(name.text()) || TOWARDS_PLACES.contains(before))) {
            return NameKind.PLACE;
        }
        if (several && first.equals("st") && before.equals("at")) {
            return NameKind.ORGANISATION;
        }
        boolean given = gazetteer.givenName(first) && !name.afterArticle();
        if (several
                && (given
                        || words.subList(0, words.size() - 1).stream()
                                .anyMatch(word -> word.length() == 1 || gazetteer.title(word)))) {
            return NameKind.PERSON;
        }
        if (gazetteer.place(name.text())) {
            return given && !TOWARDS_PLACES.contains(before) ? NameKind.PERSON : NameKind.PLACE;
        }
        if (several && (gazetteer.placeWord(last) || gazetteer.placeWord(first))) {
            return AFTER_ORGANISATIONS.contains(name.sentence().lower(name.to()))
                    ? NameKind.ORGANISATION
                    : NameKind.PLACE;
        }
        if (given) {
            return NameKind.PERSON;
        }
        return gazetteer.organisationWord(first) ? NameKind.ORGANISATION : NameKind.UNKNOWN;
    }

    private NameKind byContext(Name name) {
        Sentence sentence = name.sentence();
        String before = sentence.lower(name.from() - 1);
        String after = sentence.lower(name.to());
        if (gazetteer.personNoun(before)
                || (OPENINGS.contains(before) && gazetteer.personNoun(sentence.lower(name.from() - 2)))
                || before.equals("met")
                || (TO_BE.contains(before) && HE_OR_SHE.contains(sentence.lower(name.from() - 2)))
                || PEOPLE_DO.contains(after)
                || (after.equals("and") && sentence.lower(name.to() + 1).equals("i"))
                || (after.equals(",") && Set.of("who", "my").contains(sentence.lower(name.to() + 1)))) {
            return NameKind.PERSON;
        }
        if (BEFORE_ORGANISATIONS.contains(before) || AFTER_ORGANISATIONS.contains(after)) {
            return NameKind.ORGANISATION;
        }
        if (BEFORE_OTHERS.contains(before)) {
            return NameKind.OTHER;
        }
        String preposition = name.afterArticle() ? sentence.lower(name.from() - 2) : before;
        if (preposition.equals("at") || (TOWARDS_ORGANISATIONS.contains(preposition) && work(name))) {
            return NameKind.ORGANISATION;
        }
        if (TOWARDS_PLACES.contains(before)) {
            return NameKind.PLACE;
        }
        String text = name.text();
        return text.length() > 1 && text.equals(text.toUpperCase(Locale.ROOT))
                ? NameKind.ORGANISATION
                : NameKind.UNKNOWN;
    }

    /** Whether the words before the name concern work: "my job at", or "I was a clerk for". */
    private static boolean work(Name name) {
        Sentence sentence = name.sentence();
        int preposition = name.afterArticle() ? name.from() - 2 : name.from() - 1;
        for (int i = Math.max(0, preposition - 5); i < preposition; i++) {
            if (WORK.contains(sentence.lower(i))) {
                return true;
            }
        }
        return preposition > 1
                && sentence.words().get(preposition - 1).is("NOUN")
                && Set.of("a", "an").contains(sentence.lower(preposition - 2));
    }
}
