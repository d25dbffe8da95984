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
    private static final FollowUps FOLLOW_UPS = new FollowUps(GAZETTEER, new NameRules(GAZETTEER));

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
    void of_whenItIsAnothersFamily_doesNotAsk(String answer) {
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
    @CsvSource(
            delimiter = ';',
            value = {
                "I lived in the U.K.; the U.K.",
                "I lived in the U.K. Then I left.; the U.K.",
                "I lived in the U.K. for years.; the U.K.",
                "I lived in the U.K...; the U.K.",
                "\"I lived in the U.K.\"; the U.K.",
                "Who lives in the U.K.?; the U.K.",
                "We saw the U.A.E.; the U.A.E.",
                "We saw the U.S.S.R. and left.; the U.S.S.R.",
                "I moved to Washington D.C. It rained.; Washington D.C.",
                "I lived in L.A. We left.; L.A.",
                "I moved to LA.; LA",
                "I was born in St. Louis.; St. Louis",
                "I grew up in St. Cloud. Then I left.; St. Cloud",
                "We climbed Mt. Everest.; Mt. Everest",
                "I lived in Ft. Worth. It was hot.; Ft. Worth",
            })
    void of_whenAPlaceIsAbbreviated_keepsItsFullStopsAndNoOther(String answer, String place) {
        assertThat(questions(answer)).containsExactly("What was " + place + " like?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "I worked for the U.N.; the U.N.",
                "I worked for the U.N. Then I left.; the U.N.",
                "I studied at U.C.L.A. It was fun.; U.C.L.A.",
                "I have a Ph.D. from M.I.T.; M.I.T.",
                "I worked for the U.S. Army.; the U.S. Army",
                "I worked for Apple Inc. for years.; Apple Inc.",
                "I worked for Johnson Bros. and left.; Johnson Bros.",
                "I studied at St. Andrews.; St. Andrews",
            })
    void of_whenAnOrganisationIsAbbreviated_keepsItsFullStopsAndNoOther(String answer, String organisation) {
        assertThat(questions(answer)).containsExactly("What is " + organisation + "?");
    }

    @ParameterizedTest
    @CsvSource({
        "I met John F. Kennedy once., John F. Kennedy",
        "J. Edgar Hoover was my boss., J. Edgar Hoover",
        "I met Martin Luther King Jr., Martin Luther King Jr.",
        "I met Gov. Alvarez. Then I left., Gov. Alvarez",
        "I got a B. Karen got nothing., Karen",
        "I am a doctor. Karen is a nurse., Karen",
    })
    void of_whenAPersonIsAbbreviated_keepsItsFullStopsAndNoOther(String answer, String person) {
        assertThat(questions(answer)).containsExactly("Can you tell me more about " + person + "?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UC Berkeley",
                "U.C. Davis",
                "UC Santa Cruz",
                "SUNY Buffalo",
                "UNC Chapel Hill",
                "UMass Amherst",
                "Cal State Long Beach",
                "Cal Poly Pomona",
                "Penn State",
                "TU Delft",
                "ETH Zurich",
                "IIT Bombay",
                "NYU",
                "UIUC",
                "University of California Berkeley"
            })
    void of_whenItIsAUniversity_asksWhatItIs_evenWhereOneGoesTo(String university) {
        assertThat(questions("I went to " + university + ".")).containsExactly("What is " + university + "?");
        assertThat(questions("I went to " + university)).containsExactly("What is " + university + "?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "West Berkeley",
                "SE Asia",
                "NW Portland",
                "DC",
                "NYC",
                "the UK",
                "the UAE",
                "the US Virgin Islands"
            })
    void of_whenAPlaceHasCapitalsLikeAUniversity_asksWhatItWasLike(String place) {
        assertThat(questions("I went to " + place + ".")).containsExactly("What was " + place + " like?");
    }

    /** The expectations of the original's own tests, but a place keeps its article. */
    @Test
    void of_whenTheOriginalsTestsAsk_asksTheSameInTheSameOrder() {
        var clint = new Mentor(
                "clint",
                "Clint Anderson",
                Stream.of("Where did you live?", "Who is your brother?", "What was U.K. like?", "What is that?")
                        .map(question -> SampleMentors.answer(question, question, List.of()))
                        .toList(),
                List.of());
        var answers = List.of(
                "I lived in the U.K.",
                "He is Clint Anderson.",
                "I work at USC.",
                "The U.K. was cool.",
                "I went to UC Berkeley",
                "I went to University of California Berkeley");

        assertThat(FOLLOW_UPS.of(new AnsweredCategory(clint, answers)))
                .extracting(FollowUp::question)
                .containsExactly("What is USC?", "What is UC Berkeley?", "What is University of California Berkeley?");
        assertThat(questions("I work at USC")).containsExactly("What is USC?");
        assertThat(questions("He is Ben")).containsExactly("Can you tell me more about Ben?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?!",
                "😀🎉",
                "你在哪里长大？",
                "I like tea on Mondays and French in May.",
                "ALL RIGHT.",
                "My work became a mess. Then we left.",
                "I liked Plan B. Then we left.",
                "I have a Ph.D. It took years."
            })
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
