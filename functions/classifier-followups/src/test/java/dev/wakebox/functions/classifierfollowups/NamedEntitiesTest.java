package dev.wakebox.functions.classifierfollowups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.classifier.Encoder;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The ways to distinguish people, places and organisations, on labelled answers of our own; their figures are in
 * docs/decisions/named-entities.md. The part "held out" was written after the word lists and the rules; nothing was
 * changed for it.
 */
class NamedEntitiesTest {
    private static final Encoder ENCODER = Encoder.open();
    private static final Gazetteer GAZETTEER = new Gazetteer();
    private static final List<CSVRecord> ANSWERS = answers();

    @AfterAll
    static void close() {
        ENCODER.close();
    }

    @Test
    void both_onAnswersThatWereHeldOut_findMostAndAreBetterThanEither() {
        Map<Kind, Score> rules = scores(new NameRules(GAZETTEER), "held out");
        Map<Kind, Score> prototypes = scores(new Prototypes(ENCODER), "held out");
        Map<Kind, Score> both = scores(new NameRules(GAZETTEER).orElse(new Prototypes(ENCODER)), "held out");

        assertThat(f1(both, Kind.FAMILY)).isGreaterThanOrEqualTo(0.9);
        assertThat(f1(both, Kind.PERSON)).isGreaterThanOrEqualTo(0.75);
        assertThat(f1(both, Kind.PLACE)).isGreaterThanOrEqualTo(0.8);
        assertThat(f1(both, Kind.ORGANISATION)).isGreaterThanOrEqualTo(0.8);
        assertThat(List.of(Kind.PERSON, Kind.PLACE, Kind.ORGANISATION))
                .allSatisfy(kind -> assertThat(f1(both, kind)).isGreaterThan(f1(rules, kind)))
                .allSatisfy(kind -> assertThat(f1(both, kind)).isGreaterThan(f1(prototypes, kind)));
    }

    @Test
    void both_onAnswersThatTheListsWereMadeFor_areAlmostAlwaysRight() {
        Map<Kind, Score> scores = scores(new NameRules(GAZETTEER).orElse(new Prototypes(ENCODER)), "tuning");

        assertThat(scores.values()).allSatisfy(score -> assertThat(score.f1()).isGreaterThanOrEqualTo(0.95));
    }

    /** Counts for one kind: found, wrongly found, and missed names. */
    private record Score(int right, int wrong, int missed) {
        double precision() {
            return right / (double) (right + wrong);
        }

        double recall() {
            return right / (double) (right + missed);
        }

        double f1() {
            return 2 * precision() * recall() / (precision() + recall());
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "P %.2f R %.2f F1 %.2f", precision(), recall(), f1());
        }
    }

    private static double f1(Map<Kind, Score> scores, Kind kind) {
        return requireNonNull(scores.get(kind)).f1();
    }

    private static Map<Kind, Score> scores(NameKinds kinds, String part) {
        var followUps = new FollowUps(GAZETTEER, kinds);
        var scores = new EnumMap<Kind, Score>(Kind.class);
        for (CSVRecord answer : ANSWERS) {
            if (!answer.get("part").equals(part)) {
                continue;
            }
            Set<FollowUp> found = followUps.found(answer.get("answer")).keySet();
            for (Kind kind : Kind.values()) {
                Set<String> expected = keys(List.of(answer.get(kind.label()).split("\\|", -1)));
                Set<String> actual = keys(found.stream()
                        .filter(followUp -> followUp.kind() == kind)
                        .map(FollowUp::entity)
                        .toList());
                var right = new HashSet<>(actual);
                right.retainAll(expected);
                Score score = scores.getOrDefault(kind, new Score(0, 0, 0));
                scores.put(
                        kind,
                        new Score(
                                score.right() + right.size(),
                                score.wrong() + actual.size() - right.size(),
                                score.missed() + expected.size() - right.size()));
            }
        }
        System.out.println(part + " " + scores);
        return scores;
    }

    private static Set<String> keys(List<String> entities) {
        return entities.stream()
                .filter(entity -> !entity.isEmpty())
                .map(WordList::key)
                .collect(Collectors.toSet());
    }

    private static List<CSVRecord> answers() {
        try (var reader = new InputStreamReader(
                        requireNonNull(NamedEntitiesTest.class.getResourceAsStream("answers.csv")), UTF_8);
                var rows = CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .get()
                        .parse(reader)) {
            return rows.getRecords();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
