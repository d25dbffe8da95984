package dev.wakebox.functions.classifierfollowups;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.QuestionText;
import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.AnsweredCategory;
import dev.wakebox.mentors.Mentor;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Decides what a mentor can be asked about next, from the names and the family in what was said. Thread-safe. */
final class FollowUps {
    private static final Set<String> UNITED_STATES =
            Set.of("us", "usa", "america", "united states", "united states of america", "states", "us of a");

    /** How much more a sentence counts of which the speaker is the subject. */
    private static final double OF_THE_SPEAKER = 0.5;

    private static final double WITHOUT_VERB = -1;

    private final SentenceReader reader;
    private final Names names;
    private final NameKinds kinds;
    private final Family family = new Family();

    /** The way that scored best; see docs/decisions/named-entities.md. */
    static FollowUps with(Encoder encoder) {
        var gazetteer = new Gazetteer();
        return new FollowUps(gazetteer, new Clues(gazetteer).orElse(new Prototypes(encoder)));
    }

    FollowUps(Gazetteer gazetteer, NameKinds kinds) {
        reader = new SentenceReader(gazetteer.titles());
        names = new Names(gazetteer);
        this.kinds = requireNonNull(kinds, "kinds is null");
    }

    /** The questions, the most promising first. */
    List<FollowUp> of(AnsweredCategory category) {
        var asked = new Asked(category.mentor());
        var weights = new LinkedHashMap<FollowUp, Double>();
        for (String transcript : category.transcripts()) {
            found(transcript).forEach((followUp, weight) -> weights.merge(followUp, weight, Math::max));
        }
        return weights.entrySet().stream()
                .filter(entry -> !asked.about(entry.getKey()))
                .filter(entry -> !partOfAnother(entry.getKey(), weights.keySet()))
                .sorted(Comparator.comparing((Map.Entry<FollowUp, Double> entry) ->
                                entry.getKey().kind())
                        .thenComparing(Map.Entry::getValue, Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What an answer tells of, with the weight of the sentence. */
    Map<FollowUp, Double> found(String answer) {
        var found = new LinkedHashMap<FollowUp, Double>();
        for (Sentence sentence : reader.read(answer)) {
            for (Family.Mention mention : family.in(sentence)) {
                found.merge(new FollowUp(Kind.FAMILY, mention.member()), weight(sentence, mention.word()), Math::max);
            }
            for (Name name : names.in(sentence)) {
                followUp(name).ifPresent(it -> found.merge(it, weight(sentence, name.from()), Math::max));
            }
        }
        return found;
    }

    private Optional<FollowUp> followUp(Name name) {
        if (family.member(name.text()).isPresent()) {
            return Optional.empty();
        }
        String withArticle = name.afterArticle() ? "the " + name.text() : name.text();
        return switch (kinds.of(name)) {
            case PERSON -> Optional.of(new FollowUp(Kind.PERSON, name.text()));
            case PLACE -> Optional.of(new FollowUp(Kind.PLACE, withArticle));
            case ORGANISATION -> Optional.of(new FollowUp(Kind.ORGANISATION, withArticle));
            case OTHER, UNKNOWN -> Optional.empty();
        };
    }

    /** More where the verb that governs the word has "I" as its subject, less where there is no verb. */
    private static double weight(Sentence sentence, int word) {
        int verb = word - 1;
        while (verb >= 0 && !sentence.words().get(verb).verb()) {
            verb--;
        }
        if (verb < 0) {
            return sentence.words().stream().anyMatch(Sentence.Word::verb) ? 0 : WITHOUT_VERB;
        }
        for (int subject = verb - 1; subject >= 0; subject--) {
            Sentence.Word candidate = sentence.words().get(subject);
            if (candidate.is("PRON") || candidate.is("NOUN") || candidate.is("PROPN")) {
                return candidate.text().equals("I") ? OF_THE_SPEAKER : 0;
            }
        }
        return 0;
    }

    /** "Halina" beside "Halina Brzoska". */
    private static boolean partOfAnother(FollowUp followUp, Set<FollowUp> all) {
        return followUp.kind() == Kind.PERSON
                && all.stream()
                        .filter(other -> other.kind() == Kind.PERSON && !other.equals(followUp))
                        .anyMatch(other -> spaced(other.entity()).contains(spaced(followUp.entity())));
    }

    private static String spaced(String text) {
        return " " + QuestionText.key(text) + " ";
    }

    /** What there is no need to ask: the mentor's own name, the United States, and what was asked already. */
    private final class Asked {
        private final String mentor;
        private final StringBuilder questions = new StringBuilder();
        private final Set<String> relatives = new HashSet<>();

        Asked(Mentor mentor) {
            this.mentor = spaced(mentor.name());
            mentor.answers().stream()
                    .map(Answer::question)
                    .flatMap(question -> Stream.concat(Stream.of(question.text()), question.paraphrases().stream()))
                    .forEach(this::add);
        }

        private void add(String question) {
            String text = spaced(question);
            questions.append(text);
            for (String word : text.split(" ", -1)) {
                family.member(word).ifPresent(relatives::add);
            }
        }

        boolean about(FollowUp followUp) {
            String entity = spaced(WordList.key(followUp.entity()));
            if (followUp.kind() == Kind.FAMILY) {
                return relatives.contains(followUp.entity());
            }
            return UNITED_STATES.contains(entity.strip())
                    || mentor.contains(entity)
                    || (!mentor.isBlank() && entity.contains(mentor))
                    || questions.indexOf(entity) >= 0
                    || questions.indexOf(entity.stripTrailing() + "s ") >= 0;
        }
    }
}
