package dev.wakebox.functions.email;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.JobId;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Origin;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailHandlerTest {
    private static final String BUCKET = "wakebox-data-000000000000-us-east-1";
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final Map<String, Object> OK = Map.of("batchItemFailures", List.of());

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final InstantSource time = now::get;
    private final Clock clock = time.withZone(ZoneOffset.UTC);
    private boolean dies;
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final InMemoryObjectStore objects = new InMemoryObjectStore(clock);
    private final Uploads uploads = new Uploads(jobs, clock);
    private final List<Mail> sent = new ArrayList<>();
    private final Deque<Mailer.Delivery> deliveries = new ArrayDeque<>();
    private final List<String> kept = new ArrayList<>();
    private EmailHandler handler = handler(true);

    @BeforeEach
    void theResultsAreThere() {
        put(Keys.summary(ID));
    }

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
    void mail_whenTheUploadIsOfAPage_linksToItsHistory() {
        uploads.adopt(
                new Keys.Video(ID, "mp4"),
                new Origin.Page(false),
                new Owner("ana@example.org", "Ana", Language.ES),
                "cruce 4.mp4");
        put(Keys.summary(ID));
        deliver("email-result.json");

        assertThat(theMail().subject()).isEqualTo("Tus resultados están listos: cruce 4.mp4");
        assertThat(theMail().text()).contains("historial", "\nhttps://page.example/dashboard/historial\n");
        assertThat(theMail().html()).contains("<a href=\"https://page.example/dashboard/historial\">");
    }

    @Test
    void mail_whenThereIsNoWorkbook_saysSo() {
        announce("junction-4.mp4", Language.EN);
        put(Keys.summary(ID));
        deliver("email-result.json");

        assertThat(theMail().text()).contains("There is no workbook");
        assertThat(theMail().html()).contains("There is no workbook");
    }

    @Test
    void mail_whenThereIsAWorkbook_saysNothingOfIt() {
        announce("junction-4.mp4", Language.ES);
        put(Keys.summary(ID));
        put(Keys.workbook(ID));
        deliver("email-workbook.json");

        assertThat(theMail().text()).contains("Excel").doesNotContain("No hay libro");
        assertThat(theMail().html()).contains("Excel").doesNotContain("No hay libro");
    }

    @Test
    void mail_whenTheUploadWasAnnounced_knowsNoPage() {
        announce("junction-4.mp4", Language.EN);
        deliver("email-workbook.json");

        assertThat(theMail().text()).doesNotContain("historial");
        assertThat(theMail().html()).doesNotContain("historial");
    }

    @ParameterizedTest
    @CsvSource({"EN, 'Hello,'", "ES, 'Hola:'"})
    void mail_whenTheNameIsUnknown_greetsWithoutIt(Language language, String greeting) {
        uploads.create(ID, new Owner("ana@example.org", "", language), "a.mp4", "mp4");
        deliver("email-workbook.json");

        assertThat(theMail().text()).startsWith(greeting + "\n");
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

    @Test
    void mail_whenTheProviderThrottles_comesAgainAndIsSentOnce() {
        announce("junction-4.mp4", Language.EN);
        for (int i = 0; i < 5; i++) {
            deliveries.add(new Mailer.Delivery.Later("TooManyRequestsException"));
            assertThat(deliver("email-workbook.json")).isNotEqualTo(OK);
        }
        assertThat(reasons()).contains("The mail was not sent: TooManyRequestsException");

        assertThat(deliver("email-workbook.json")).isEqualTo(OK);
        assertThat(deliver("email-result.json")).isEqualTo(OK);

        assertThat(sent).hasSize(6);
        assertThat(reasons().getLast()).isEqualTo("The mail was sent.");
        assertThat(kept).isEmpty();
    }

    @Test
    void mail_whenTheProviderRefusesPermanently_isTriedOnceKeptAndSentWhenAnOperatorSaysSo() {
        announce("junction-4.mp4", Language.EN);
        deliveries.add(new Mailer.Delivery.Refused("MessageRejected"));

        assertThat(deliver("email-workbook.json")).isEqualTo(OK);
        assertThat(deliver("email-result.json")).isEqualTo(OK);
        assertThat(deliver("email-workbook.json")).isEqualTo(OK);

        assertThat(sent).hasSize(1);
        assertThat(kept).containsExactly(ID + " result");
        assertThat(reasons().getLast()).isEqualTo("SES refused it: MessageRejected");

        assertThat(message(Map.of("mail", ID, "occasion", "result"))).isEqualTo(OK);
        assertThat(message(Map.of("mail", ID, "occasion", "result"))).isEqualTo(OK);

        assertThat(sent).hasSize(2);
        assertThat(reasons().getLast()).isEqualTo("The mail was sent.");
    }

    @Test
    void mail_whenEachAnswerIsLost_isSentTwiceAtMostAndKept() {
        announce("junction-4.mp4", Language.EN);
        for (int i = 0; i < 20; i++) {
            deliveries.add(new Mailer.Delivery.Unanswered());
        }
        for (int i = 0; i < 10; i++) {
            deliver("email-workbook.json");
            deliver("email-result.json");
        }

        assertThat(sent).hasSize(2);
        assertThat(kept).containsExactly(ID + " result");
    }

    @Test
    void mail_whenItsSenderDiesEachTime_isSentTwiceAtMost() {
        announce("junction-4.mp4", Language.EN);
        dies = true;
        for (int i = 0; i < 10; i++) {
            deliver("email-workbook.json");
            now.updateAndGet(before -> before.plus(Duration.ofMinutes(2)));
        }

        assertThat(sent).hasSize(2);
        assertThat(kept).containsExactly(ID + " result");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"eventType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"Ana@Example.org\"}]}}",
                "{\"eventType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"Ana"
                        + " <ana@example.org>\"}]}}",
                "{\"eventType\":\"Complaint\",\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"bo@example.org\"},{\"emailAddress\":\"ana@example.org\"}]}}"
            })
    void address_whenItBouncedPermanentlyOrComplained_isNotWrittenToAgain(String event) {
        announce("junction-4.mp4", Language.EN);
        Map<String, ?> body = Json.object(event.getBytes(StandardCharsets.UTF_8));

        assertThat(message(body)).isEqualTo(OK);
        assertThat(message(body)).isEqualTo(OK);
        assertThat(deliver("email-workbook.json")).isEqualTo(OK);

        assertThat(sent).isEmpty();
        assertThat(upload().stage()).isEqualTo(Stage.DONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"eventType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Transient\",\"bouncedRecipients\":[{\"emailAddress\":\"ana@example.org\"}]}}",
                "{\"eventType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"bo@example.org\"}]}}",
                "{\"eventType\":\"Delivery\",\"delivery\":{\"recipients\":[\"ana@example.org\"]}}",
                "{\"eventType\":\"Complaint\"}",
                "{\"eventType\":\"Complaint\",\"complaint\":{\"complaintFeedbackType\":\"not-spam\",\"complainedRecipients\":[{\"emailAddress\":\"ana@example.org\"}]}}",
                "{\"eventType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":null}}"
            })
    void address_whenNothingBadIsKnownOfIt_isWrittenTo(String event) {
        announce("junction-4.mp4", Language.EN);

        assertThat(message(Json.object(event.getBytes(StandardCharsets.UTF_8)))).isEqualTo(OK);
        assertThat(deliver("email-workbook.json")).isEqualTo(OK);

        assertThat(sent).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"quoted\" <b>bold</b> & more.mp4', '\"quoted\" <b>bold</b> & more.mp4'",
        "'a, b; c.mp4', 'a, b; c.mp4'",
        "'line\r\nBcc: eve@example.org\r\n.mp4', 'line Bcc:.mp4'",
        "'=cmd()|''/C calc''!A0.mp4', '=cmd()|''/C calc''!A0.mp4'",
        "'{{contact}} {{#links}}x{{/links}}.mp4', '{{contact}} {{#links}}x{{/links}}.mp4'",
        "'<img src=x onerror=alert(1)>.mp4', '<img src=x onerror=alert(1)>.mp4'",
        "a\u202e4pm.exe.mp4, a4pm exe.mp4",
        "pay at https://evil.example/login.mp4, pay at.mp4",
        "evil.mov, evil .mov",
        "www.evil.example.MOV, video .MOV",
        "evil.zip.webm, evil zip .webm",
        "J.R.avi, J.R .avi",
        "pay.com, pay .com",
        "no ending, no ending"
    })
    void filename_whenHostile_isTheSameHarmlessTextInAllParts(String filename, String harmless) {
        announce(filename, Language.EN);
        deliver("email-workbook.json");

        Mail mail = theMail();
        assertThat(mail.subject()).isEqualTo("Your results are ready: " + harmless);
        assertThat(mail.text()).contains(": " + harmless + "\n");
        assertThat(mail.html()).doesNotContain("<b>", "<img");
        assertThat(unescaped(mail.html())).contains(">" + harmless + "</p>");
    }

    @ParameterizedTest
    @CsvSource({
        "Your account is locked: https://evil.example/login",
        "Ana\u202e moc.live",
        "Ana www.evil.example",
        "eve@evil.example",
        "Your account is locked"
    })
    void name_whenAnybodyMayCall_isInNoPartOfTheMail(String name) {
        handler = handler(false);
        uploads.create(ID, new Owner("victim@example.com", name, Language.EN), "c.mp4", "mp4");
        deliver("email-workbook.json");

        assertThat(theMail().text()).startsWith("Hello,\n").doesNotContain("evil", "locked", "Ana");
        assertThat(theMail().html()).contains("<p>Hello,</p>").doesNotContain("evil", "locked", "Ana");
    }

    @ParameterizedTest
    @CsvSource({
        "Your account is locked: https://evil.example/login, 'Hello Your account is locked:,'",
        "Ana\u202e, 'Hello Ana,'",
        "Ana eve@evil.example, 'Hello Ana,'",
        "https://evil.example, 'Hello,'"
    })
    void name_whenCallersHaveSignedIn_isGreetedWithoutLinks(String name, String greeting) {
        uploads.create(ID, new Owner("ana@example.com", name, Language.EN), "c.mp4", "mp4");
        deliver("email-workbook.json");

        assertThat(theMail().text()).startsWith(greeting + "\n").doesNotContain("evil");
        assertThat(theMail().html()).contains("<p>" + greeting + "</p>").doesNotContain("evil");
    }

    @Test
    void name_whenAPageVouchesForIt_isGreeted() {
        handler = handler(false);
        uploads.adopt(
                new Keys.Video(ID, "mp4"),
                new Origin.Page(false),
                new Owner("ana@example.org", "Ana", Language.ES),
                "cruce 4.mp4");
        deliver("email-workbook.json");

        assertThat(theMail().text()).startsWith("Hola, Ana:\n");
    }

    @Test
    void filename_whenOf300Characters_isShortenedMoreInTheSubject() {
        String filename = "🚦".repeat(148) + ".mp4";
        assertThat(filename).hasSize(300);
        announce(filename, Language.EN);
        deliver("email-workbook.json");

        assertThat(theMail().subject()).endsWith("🚦…").hasSizeLessThan(200);
        assertThat(theMail().text()).contains(filename);
        assertThat(unescaped(theMail().html())).contains(filename);
    }

    @Test
    void result_whenItIsNotThere_isNotMailed() {
        announce("junction-4.mp4", Language.EN);
        objects.delete(Keys.summary(ID));

        assertThat(deliver("email-workbook.json")).isEqualTo(OK);
        assertThat(deliver("email-result.json")).isEqualTo(OK);

        assertThat(sent).isEmpty();
        assertThat(upload().stage()).isEqualTo(Stage.UPLOADING);
    }

    @Test
    void event_whenTheUploadWasNotAnnounced_isIgnored() {
        assertThat(deliver("email-workbook.json")).isEqualTo(OK);
        assertThat(deliver("email-failure.json")).isEqualTo(OK);
        assertThat(sent).isEmpty();
    }

    private EmailHandler handler(boolean callersAreKnown) {
        return new EmailHandler(
                BUCKET,
                new Suppressions(jobs, clock),
                new UploadMails(
                        uploads,
                        jobs,
                        objects,
                        (key, validity) ->
                                "https://bucket.example/" + key + "?X-Amz-Expires=" + validity.toSeconds() + "&x=1",
                        new Texts("help@example.org", "https://page.example/dashboard/historial", callersAreKnown),
                        this::send,
                        (id, kind) -> kept.add(id + " " + kind.key()),
                        clock,
                        () -> UUID.randomUUID().toString()));
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

    private Mailer.Delivery send(Mail mail) {
        sent.add(mail);
        if (dies) {
            throw new IllegalStateException("the function died");
        }
        return deliveries.isEmpty() ? new Mailer.Delivery.Sent() : deliveries.remove();
    }

    private List<String> reasons() {
        return jobs.find(new JobId("mail", ID + ".result")).orElseThrow().history().stream()
                .map(Change::reason)
                .toList();
    }

    private Map<String, ?> message(Map<String, ?> body) {
        return Invocation.of(
                handler,
                Json.string(Map.of(
                        "Records",
                        List.of(Map.of(
                                "eventSource", "aws:sqs",
                                "messageId", "1",
                                "receiptHandle", "handle",
                                "body", Json.string(body))))));
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
