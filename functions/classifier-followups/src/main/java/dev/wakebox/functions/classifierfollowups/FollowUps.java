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

/** Proposes questions for a mentor from the names and family members in the mentor's answers. Thread-safe. */
final class FollowUps {
    private static final Set<String> UNITED_STATES =
            Set.of("us", "usa", "america", "united states", "united states of america", "states", "us of a");

    /** The extra weight of a sentence whose subject is the speaker. */
    private static final double OF_THE_SPEAKER = 0.5;

    private static final double WITHOUT_VERB = -1;

    private final SentenceReader reader;
    private final Names names;
    private final NameKinds kinds;
    private final Family family = new Family();

    /** The method with the best score; see docs/decisions/named-entities.md. */
    static FollowUps with(Encoder encoder) {
        var gazetteer = new Gazetteer();
        return new FollowUps(gazetteer, new NameRules(gazetteer).orElse(new Prototypes(encoder)));
    }

    FollowUps(Gazetteer gazetteer, NameKinds kinds) {
        reader = new SentenceReader(gazetteer);
        names = new Names(gazetteer);
        this.kinds = requireNonNull(kinds, "kinds is null");
    }

    /** The questions; the most promising is first. */
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

    /** The entities of an answer, with the weight of their sentence. */
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

    /** Higher if the subject of the verb that governs the word is "I", lower if there is no verb. */
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

    /** Whether one name is part of the other, as "Halina" is of "Halina Brzoska". */
    private static boolean partOfAnother(FollowUp followUp, Set<FollowUp> all) {
        return followUp.kind() == Kind.PERSON
                && all.stream()
                        .filter(other -> other.kind() == Kind.PERSON && !other.equals(followUp))
                        .anyMatch(other -> spaced(other.entity()).contains(spaced(followUp.entity())));
    }

    private static String spaced(String text) {
        return " " + QuestionText.key(text) + " ";
    }

    /** Entities that are not asked about: the mentor's own name, the United States, and names in existing questions. */
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
