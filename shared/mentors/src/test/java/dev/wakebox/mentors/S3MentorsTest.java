package dev.wakebox.mentors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.nio.charset.Charset;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3MentorsTest {
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(Clock.systemUTC());
    private final S3Mentors mentors = new S3Mentors(bucket);

    @Test
    void find_whenThereIsACsv_readsWhatTheApiGivesOut() {
        put("training-data/ada.csv", "\uFEFF" + TrainingData.csv(SampleMentors.ada()));

        Mentor ada = mentors.find("ada", CallerHeaders.NONE).orElseThrow();

        assertThat(ada.answersToQuestions())
                .extracting(answer -> answer.question().text())
                .containsExactlyElementsOf(SampleMentors.ada().answersToQuestions().stream()
                        .map(answer -> answer.question().text())
                        .toList());
        assertThat(ada.answersToQuestions().getFirst().question().paraphrases()).hasSize(3);
        assertThat(ada.answersToQuestions().getFirst().topics()).containsExactly("Life", "Background");
        assertThat(TrainingData.csv(ada)).isEqualTo(TrainingData.csv(SampleMentors.ada()));
    }

    @Test
    void find_whenAnIdIsAnOccasion_isAnUtterance() {
        put("training-data/m.csv", "id,question,paraphrases,answer,topic\n_OFF_TOPIC_,Say no,,\"No, sorry\",\n");

        assertThat(mentors.find("m", CallerHeaders.NONE).orElseThrow().utterances("_OFF_TOPIC_"))
                .extracting(Answer::transcript)
                .containsExactly("No, sorry");
    }

    @Test
    void find_whenAnOccasionHasSeveralUtterances_keepsEach() {
        put(
                "training-data/m.csv",
                "id,question,paraphrases,answer,topic\n_OFF_TOPIC_,Say no,,No.,\n_OFF_TOPIC_,Say no,,Ask on.,\n");

        Mentor mentor = mentors.find("m", CallerHeaders.NONE).orElseThrow();

        assertThat(MentorJson.read("m", MentorJson.write(mentor)).utterances("_OFF_TOPIC_"))
                .extracting(Answer::transcript)
                .containsExactly("No.", "Ask on.");
    }

    @Test
    void find_whenTheSameAnswerHasAnotherQuestion_hasBoth() {
        put("training-data/m.csv", "id,question,paraphrases,answer,topic\n1,Who?,,Me,\n1,Which person?,,Me,\n");

        assertThat(mentors.find("m", CallerHeaders.NONE).orElseThrow().answersToQuestions())
                .extracting(answer -> answer.question().text())
                .containsExactly("Who?", "Which person?");
    }

    @Test
    void csv_whenAnswersShareAQuestionOrHaveOneWithoutId_canBeReadAgain() {
        var first = SampleMentors.answer("a", "Who?", List.of());
        var second = new Answer("b", "COMPLETE", "Still me.", "", first.question(), List.of(), Media.NONE);
        var third = new Answer(
                "c",
                "COMPLETE",
                "Here.",
                "",
                new Question("", "Where?", "QUESTION", "", List.of()),
                List.of(),
                Media.NONE);

        put("training-data/m.csv", TrainingData.csv(SampleMentors.of("m", first, second, third)));

        assertThat(mentors.find("m", CallerHeaders.NONE).orElseThrow().answers())
                .extracting(Answer::id)
                .containsExactly("q-a", "b", "c");
    }

    @Test
    void find_whenThereIsAJson_prefersIt() {
        put("training-data/m.csv", "id,question,paraphrases,answer,topic\n");
        put("training-data/m.json", new String(MentorJson.write(SampleMentors.ada()), UTF_8));

        assertThat(mentors.find("m", CallerHeaders.NONE).orElseThrow().answers())
                .hasSize(8);
    }

    @Test
    void category_always_isATopic() {
        put("training-data/ada.csv", TrainingData.csv(SampleMentors.ada()));

        assertThat(mentors.category("ada", "Life", CallerHeaders.NONE)
                        .orElseThrow()
                        .transcripts())
                .containsExactly("The answer about home.", "The answer about pet.", "The answer about job.");
        assertThat(mentors.category("ada", "nothing", CallerHeaders.NONE)
                        .orElseThrow()
                        .transcripts())
                .isEmpty();
        assertThat(mentors.category("nobody", "Life", CallerHeaders.NONE)).isEmpty();
    }

    @Test
    void find_whenThereIsNoFile_isEmpty() {
        assertThat(mentors.find("m", CallerHeaders.NONE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'id,question\n1,2\n'; no column \"paraphrases\"",
                "'id,question,paraphrases,answer,topic\n1,2\n'; Line 2 of training-data/m.csv has 2 values",
                "'id,question,paraphrases,answer,topic\n1,\"2\n'; no closing quote",
                "''; There is nothing in",
                "'name,text\n'; line 1 has \"name\", \"text\"",
                "'id,question,paraphrases,answer,topic\n1,Who?,,Me,\n ,Where?,,Here,\n'; Line 3 has no id",
                "'id,question,paraphrases,answer,topic\n1,Who?,,Me,\n1,Where?,,Here,\n'; Line 3 has the id \"1\"",
            })
    void find_whenTheCsvIsBroken_namesTheFileAndTheMistake(String csv, String mistake) {
        put("training-data/m.csv", csv);

        assertThatThrownBy(() -> mentors.find("m", CallerHeaders.NONE))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining("training-data/m.csv")
                .hasMessageContaining(mistake);
    }

    @ParameterizedTest
    @CsvSource({
        "windows-1252, Line 2 of training-data/m.csv is not UTF-8",
        "ISO-8859-1, Line 2 of training-data/m.csv is not UTF-8",
        "MacRoman, Line 2 of training-data/m.csv is not UTF-8",
        "UTF-16, is UTF-16 text",
        "UTF-16LE, is UTF-16 text",
    })
    void find_whenTheCsvIsNotUtf8_saysWhereAndWhatToDo(String encoding, String mistake) {
        String csv = "id,question,paraphrases,answer,topic\na1,¿Cómo te llamas?,,Me llamo Mª José Muñoz,Intro\n";
        put("training-data/m.csv", csv.getBytes(Charset.forName(encoding)));

        assertThatThrownBy(() -> mentors.find("m", CallerHeaders.NONE))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining("training-data/m.csv")
                .hasMessageContaining(mistake)
                .hasMessageContaining("encoding UTF-8");
    }

    @ParameterizedTest
    @CsvSource({"windows-1252", "ISO-8859-1", "MacRoman"})
    void find_whenTheJsonIsNotUtf8_saysWhereAndWhatToDo(String encoding) {
        String json = "{\"name\": \"Ada\",\n \"answers\": [{\"_id\": \"a\", \"transcript\": \"Mª José Muñoz\","
                + " \"question\": {\"_id\": \"q\", \"question\": \"¿Cómo?\"}}]}";
        put("training-data/m.json", json.getBytes(Charset.forName(encoding)));

        assertThatThrownBy(() -> mentors.find("m", CallerHeaders.NONE))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining("training-data/m.json")
                .hasMessageContaining("not UTF-8 at line 2")
                .hasMessageContaining("encoding UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE"})
    void find_whenTheJsonIsUtf16_readsIt(String encoding) {
        String json = new String(MentorJson.write(SampleMentors.ada()), UTF_8);
        put("training-data/m.json", json.getBytes(Charset.forName(encoding)));

        assertThat(mentors.find("m", CallerHeaders.NONE).orElseThrow().answers())
                .hasSize(8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id;question;paraphrases;answer;topic\n1;Who, you?;Which?|What person?;Me, Ada;Life\n",
                "id\tquestion\tparaphrases\tanswer\ttopic\n1\tWho, you?\tWhich?|What person?\tMe, Ada\tLife\n",
                "sep=;\nid;question;paraphrases;answer;topic\n1;Who, you?;Which?|What person?;Me, Ada;Life\n",
                " ID , Question,PARAPHRASES,Answer,topic\n1,\"Who, you?\",Which?|What person?,\"Me, Ada\",Life\n",
                "topic,answer,paraphrases,question,id,note\nLife,\"Me, Ada\",Which?|What person?,\"Who, you?\",1,x\n",
            })
    void find_whenTheCsvComesFromASpreadsheet_readsIt(String csv) {
        put("training-data/m.csv", csv);

        Answer answer =
                mentors.find("m", CallerHeaders.NONE).orElseThrow().answers().getFirst();

        assertThat(answer.transcript()).isEqualTo("Me, Ada");
        assertThat(answer.question().text()).isEqualTo("Who, you?");
        assertThat(answer.question().paraphrases()).containsExactly("Which?", "What person?");
        assertThat(answer.topics()).containsExactly("Life");
    }

    @Test
    void find_whenTheJsonIsBroken_namesTheFile() {
        put("training-data/m.json", "{");

        assertThatThrownBy(() -> mentors.find("m", CallerHeaders.NONE))
                .isInstanceOf(WakeboxException.class)
                .hasMessageContaining("training-data/m.json");
    }

    @Test
    void csv_whenTextsHaveCommasQuotesAndLines_keepsThem() {
        var answer = SampleMentors.answer("a", "What, \"exactly\"?", List.of("one\ntwo"));

        String csv = TrainingData.csv(SampleMentors.of("m", answer));

        assertThat(csv).startsWith("id,question,paraphrases,answer,topic\r\n");
        put("training-data/m.csv", csv);
        assertThat(mentors.find("m", CallerHeaders.NONE)
                        .orElseThrow()
                        .answers()
                        .getFirst()
                        .question()
                        .text())
                .isEqualTo("What, \"exactly\"?");
    }

    private void put(String key, String text) {
        put(key, text.getBytes(UTF_8));
    }

    private void put(String key, byte[] bytes) {
        bucket.put(key, bytes, "text/plain", new Condition.Always());
    }
}
