package dev.wakebox.functions.email;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.JobId;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailHandlerTest {
    private static final String BUCKET = "wakebox-data-000000000000-us-east-1";
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final Map<String, Object> OK = Map.of("batchItemFailures", List.of());

    private final Clock clock = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final InMemoryObjectStore objects = new InMemoryObjectStore(clock);
    private final Uploads uploads = new Uploads(jobs, clock);
    private final List<Mail> sent = new ArrayList<>();
    private final Deque<WakeboxException> failures = new ArrayDeque<>();
    private final EmailHandler handler = new EmailHandler(
            BUCKET,
            new Correspondence(
                    uploads,
                    jobs,
                    objects,
                    (key, validity) ->
                            "https://bucket.example/" + key + "?X-Amz-Expires=" + validity.toSeconds() + "&x=1",
                    new Texts("help@example.org"),
                    this::send,
                    clock,
                    () -> UUID.randomUUID().toString()));

    @Test
    void workbook_whenItArrives_mailsAllLinks() {
        announce("junction-4.mp4", Language.EN);
        put(Keys.workbook(ID));
        put(Keys.summary(ID));
        put(Keys.csv(ID));
        put(Keys.processedVideo(ID));

        assertThat(deliver("email-workbook.json")).isEqualTo(OK);

        Mail mail = theMail();
        assertThat(mail.to()).isEqualTo("ana@example.org");
        assertThat(mail.subject()).isEqualTo("Your results are ready: junction-4.mp4");
        assertThat(mail.text())
                .contains("Hello Ana,", "https://bucket.example/excel/" + ID + ".xlsx?X-Amz-Expires=21600&x=1")
                .contains(
                        "csvs/summary" + ID, "processed_videos/" + ID, "2026-11-22 18:00 UTC", "help@example.org", ID);
        assertThat(mail.html())
                .contains("excel/" + ID + ".xlsx?X-Amz-Expires", "&amp;x", "lang=\"en\"", "help@example.org");
        assertThat(upload().stage()).isEqualTo(Stage.DONE);
    }

    @Test
    void result_whenThereIsNoWorkbook_mailsWithoutIt() {
        announce("junction-4.mp4", Language.EN);
        put(Keys.summary(ID));

        assertThat(deliver("email-result.json")).isEqualTo(OK);

        assertThat(theMail().text()).contains("csvs/summary").doesNotContain("Workbook");
    }

    @Test
    void result_whenEveryEventComesTwice_mailsOnce() {
        announce("junction-4.mp4", Language.EN);
        for (int i = 0; i < 2; i++) {
            assertThat(deliver("email-workbook.json")).isEqualTo(OK);
            assertThat(deliver("email-result.json")).isEqualTo(OK);
        }

        assertThat(sent).hasSize(1);
    }

    @Test
    void mail_whenTheOwnerIsSpanish_isInSpanish() {
        announce("cruce-4.mp4", Language.ES);
        deliver("email-workbook.json");

        assertThat(theMail().subject()).isEqualTo("Tus resultados están listos: cruce-4.mp4");
        assertThat(theMail().html()).contains("lang=\"es\"", "Hola, Ana:");
    }

    @Test
    void failure_whenTheUploadFailed_mailsOnce() {
        announce("junction-4.mp4", Language.EN);
        uploads.move(upload(), Set.of(Stage.UPLOADING), Stage.FAILED, "no luck");

        assertThat(deliver("email-failure.json")).isEqualTo(OK);
        assertThat(deliver("email-failure.json")).isEqualTo(OK);

        assertThat(theMail().subject()).isEqualTo("We could not process junction-4.mp4");
    }

    @Test
    void failure_whenTheResultCameAfterAll_isNotMailed() {
        announce("junction-4.mp4", Language.EN);
        deliver("email-workbook.json");

        assertThat(deliver("email-failure.json")).isEqualTo(OK);

        assertThat(sent).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNAVAILABLE", "INTERNAL"})
    void mail_whenTheProviderThrottlesOrRejects_isReportedKeptAndSentLater(String code) {
        announce("junction-4.mp4", Language.EN);
        failures.add(new WakeboxException(ErrorCode.valueOf(code), "The mail was not accepted."));

        assertThat(deliver("email-workbook.json")).isNotEqualTo(OK);
        assertThat(jobs.find(new JobId("mail", ID + ".result")).orElseThrow().history())
                .extracting(change -> change.state() + " " + change.reason())
                .containsExactly("PENDING The mail is to be sent.", "PENDING The mail was not sent: " + code);
        assertThat(sent).isEmpty();

        assertThat(deliver("email-workbook.json")).isEqualTo(OK);
        assertThat(sent).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"quoted\" <b>bold</b> & more.mp4",
                "a, b; c.mp4",
                "line\r\nBcc: eve@example.org\r\n.mp4",
                "=cmd()|'/C calc'!A0.mp4",
                "🚦 cruce 👩‍👩‍👧.mp4",
                "{{contact}} {{#links}}x{{/links}}.mp4",
                "<img src=x onerror=alert(1)>.mp4"
            })
    void filename_whenHostile_passesUnharmedAndUnharming(String filename) {
        announce(filename, Language.EN);
        deliver("email-workbook.json");

        Mail mail = theMail();
        assertThat(mail.subject()).doesNotContain("\n", "\r");
        assertThat(mail.text().lines()).noneMatch(line -> line.startsWith("Bcc:"));
        assertThat(mail.html()).doesNotContain("<b>", "<img");
        assertThat(unescaped(mail.html())).contains(filename);
        assertThat(mail.text()).contains(filename.replaceAll("\\p{Cntrl}+", " "));
    }

    @Test
    void filename_whenOf300Characters_isShortenedInTheSubjectOnly() {
        String filename = "🚦".repeat(148) + ".mp4";
        assertThat(filename).hasSize(300);
        announce(filename, Language.EN);
        deliver("email-workbook.json");

        assertThat(theMail().subject()).endsWith("🚦…").hasSizeLessThan(200);
        assertThat(theMail().text()).contains(filename);
        assertThat(unescaped(theMail().html())).contains(filename);
    }

    @Test
    void event_whenNobodyAnnouncedTheUpload_isIgnored() {
        assertThat(deliver("email-workbook.json")).isEqualTo(OK);
        assertThat(deliver("email-failure.json")).isEqualTo(OK);
        assertThat(sent).isEmpty();
    }

    private void announce(String filename, Language language) {
        uploads.create(ID, new Owner("ana@example.org", "Ana", language), filename, "mp4");
    }

    private Upload upload() {
        return uploads.find(ID).orElseThrow();
    }

    private void put(String key) {
        objects.put(key, new byte[1], "text/plain", new Condition.Always());
    }

    private Map<String, ?> deliver(String fixture) {
        return Invocation.ofFixture(handler, fixture);
    }

    private void send(Mail mail) {
        if (!failures.isEmpty()) {
            throw failures.remove();
        }
        sent.add(mail);
    }

    private Mail theMail() {
        assertThat(sent).hasSize(1);
        return sent.getFirst();
    }

    private static String unescaped(String html) {
        return html.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&#x27;", "'")
                .replace("&#x60;", "`")
                .replace("&#x3D;", "=")
                .replace("&amp;", "&");
    }
}
