package dev.wakebox.classifier;

import static dev.wakebox.classifier.Questions.ENCODER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HeadTest {
    /** More texts than a block has. */
    private static final List<float[]> TEXTS = Stream.of("How old are you?", "Do you have a dog?", "What is a fjord?")
            .flatMap(text -> Stream.of(text, text + " Really?", text + " And why?", "Tell me: " + text, "Say, " + text))
            .flatMap(text -> Stream.of(text, "Well, " + text, text + " Please."))
            .map(ENCODER::embed)
            .toList();

    private static final Head HEAD =
            Training.of(Questions.examples(), ENCODER).classifier().head();

    @Test
    void scores_ofManyTexts_areThoseOfEach() {
        List<Head.Scores> scores = HEAD.scores(TEXTS, () -> {});

        assertThat(scores).hasSameSizeAs(TEXTS).hasSizeGreaterThan(32);
        for (int i = 0; i < TEXTS.size(); i++) {
            Head.Scores one = HEAD.score(TEXTS.get(i));
            assertThat(scores.get(i).classes()).containsExactly(one.classes(), within(1e-4f));
            assertThat(scores.get(i).inScope()).isCloseTo(one.inScope(), within(1e-4));
        }
    }
}
