package dev.wakebox.functions.classifierfollowups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.AnsweredCategory;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.SampleMentors;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FollowUpsTest {
    private static final Gazetteer GAZETTEER = new Gazetteer();
    private static final FollowUps FOLLOW_UPS = new FollowUps(GAZETTEER, new Clues(GAZETTEER));

    @Test
    void of_whenAnAnswerNamesOneOfEachKind_asksInTheOrderOfKinds() {
        assertThat(questions("I worked for Boeing in Seattle with Karen Whitfield, and my mom lived next door."))
                .containsExactly(
                        "Can you tell me more about your mother?",
                        "Can you tell me more about Karen Whitfield?",
                        "What was Seattle like?",
                        "What is Boeing?");
    }

    @Test
    void of_whenTheSpeakerIsTheSubject_asksFirst_andLastWithoutAVerb() {
        assertThat(questions("A week in Nairobi. My sister flew to Lisbon. I moved to Oslo. Lima was cold."))
                .containsExactly(
                        "Can you tell me more about your sister?",
                        "What was Oslo like?",
                        "What was Lisbon like?",
                        "What was Lima like?",
                        "What was Nairobi like?");
    }

    @Test
    void of_whenNamedTwice_takesTheHigherWeight() {
        assertThat(questions("A week in Nairobi. My boss flew to Lisbon. I went back to Nairobi."))
                .containsExactly("What was Nairobi like?", "What was Lisbon like?");
    }

    @ParameterizedTest
    @CsvSource({
        "My mom sang., mother",
        "My Dad's car was blue., father",
        "I always asked Grandpa., grandfather",
        "My husband cooks., spouse",
        "We have three kids., children",
        "My older brother left., brother",
        "I visited my twin sister., sister",
    })
    void of_whenFamilyIsMentioned_asksByOneWord(String answer, String member) {
        assertThat(questions(answer)).containsExactly("Can you tell me more about your " + member + "?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Her mother called.",
                "I like his uncle.",
                "I met the man's wife.",
                "English is not my mother tongue.",
                "I was taught by Sister Philomena's neighbour, his aunt.",
                "The father of modern chemistry lived there."
            })
    void of_whenItIsSomebodyElsesFamily_doesNotAsk(String answer) {
        assertThat(questions(answer)).noneMatch(question -> question.contains("about your"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I moved to the United States.",
                "I came to America.",
                "I live in the USA.",
                "I flew to the U.S. in May.",
                "I moved to the United States of America."
            })
    void of_whenItIsTheUnitedStates_doesNotAsk(String answer) {
        assertThat(questions(answer)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"I am Ada Byron.", "Ada said hello.", "Everybody called me Dr. Ada Byron, and I smiled."})
    void of_whenItIsTheMentorsOwnName_doesNotAsk(String answer) {
        assertThat(questions(answer)).isEmpty();
    }

    @Test
    void of_whenItWasAskedAlready_doesNotAsk() {
        Answer seattle = SampleMentors.answer("seattle", "What was SEATTLE like?", List.of());
        Answer boeing = SampleMentors.answer("work", "What did you do?", List.of("Tell me about Boeing's hangars"));
        Answer family = SampleMentors.answer("family", "Do you have brothers or a mum?", List.of());

        assertThat(questions(
                        "I worked for Boeing in Seattle and in Portland with my brother, my sister and my mother.",
                        seattle,
                        boeing,
                        family))
                .containsExactly("Can you tell me more about your sister?", "What was Portland like?");
    }

    @Test
    void of_whenOneNameIsPartOfAnother_asksForTheWhole() {
        assertThat(questions("I met Priya Raman at school. Priya taught me how to cook."))
                .containsExactly("Can you tell me more about Priya Raman?");
    }

    @Test
    void of_whenTheNameHasAnArticleOrATitle_keepsThem() {
        assertThat(
                        questions(
                                "I joined the Peace Corps. Mrs. Alvarez taught me. We sailed through the Bay of Biscay. I left."))
                .containsExactly(
                        "Can you tell me more about Mrs. Alvarez?",
                        "What was the Bay of Biscay like?",
                        "What is the Peace Corps?");
    }

    @Test
    void of_whenNamesHaveHyphensOrDashesBetweenThem_keepsTheHyphensOnly() {
        assertThat(questions("I studied at Embry-Riddle. We moved to Lima - Oslo was too cold."))
                .containsExactly("What was Lima like?", "What was Oslo like?", "What is Embry-Riddle?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?!", "😀🎉", "你在哪里长大？", "I like tea on Mondays and French in May.", "ALL RIGHT."})
    void of_whenThereIsNothingToAsk_asksNothing(String answer) {
        assertThat(questions(answer)).isEmpty();
    }

    private static List<String> questions(String transcript, Answer... asked) {
        var mentor = new Mentor("ada", "Ada Byron", Stream.of(asked).toList(), List.of());
        return FOLLOW_UPS.of(new AnsweredCategory(mentor, List.of(transcript))).stream()
                .map(FollowUp::question)
                .toList();
    }
}
