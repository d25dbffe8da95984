package dev.wakebox.functions.webhookegress;

import static dev.wakebox.egress.InMemoryEgress.ID;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.egress.Egress;
import dev.wakebox.egress.InMemoryEgress;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.Lease;
import dev.wakebox.local.platform.DeliveryFault;
import dev.wakebox.local.platform.Output;
import dev.wakebox.local.platform.PlatformStandIn;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JumpingClock;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import dev.wakebox.storage.InMemoryObjectStreams;
import dev.wakebox.webhooks.WebhookKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookEgressHandlerTest {
    private static final String KEY = "labels/" + ID + ".json";
    private static final String STANDARD_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final WebhookKey STANDARD = WebhookKey.lines(STANDARD_KEY).getFirst();
    private static final JobId JOB = new JobId("egress", ID);
    private static final long BYTES = 1_000_000;
    private static final Egress.Limits LIMITS =
            new Egress.Limits(BYTES, Duration.ofSeconds(20), Duration.ofSeconds(15));
    private static final Egress.Limits WORKER =
            new Egress.Limits(Long.MAX_VALUE, Duration.ofMinutes(14), Duration.ofSeconds(30));

    private final InMemoryEgress egress = new InMemoryEgress();
    private final JumpingClock clock = egress.clock;
    private final PlatformStandIn platform = egress.platform;
    private final InMemoryObjectStreams objects = egress.objects;
    private final InMemoryJobStore jobs = egress.jobs;
    private final List<String> handedOver = new CopyOnWriteArrayList<>();
    private final WebhookEgressHandler handler = handler(LIMITS);

    @AfterEach
    void stop() {
        egress.close();
    }

    @Test
    void jobComplete_whenFirst_storesTheOutput() throws Exception {
        platform.put(Output.of(ID, 200_000));

        var body = answer(200, Invocation.fixture("webhook-egress-job-complete.json"));

        assertThat(body)
                .containsEntry("id", ID)
                .containsEntry("bucket", "data")
                .containsEntry("key", KEY)
                .containsEntry("bytes", 200_000)
                .containsEntry("sha256", sha256(platform.bytes(ID)))
                .containsEntry("duplicate", false)
                .containsKey("message");
        var written = egress.written(ID);
        assertThat(written.body()).isEqualTo(platform.bytes(ID));
        assertThat(written.target().contentType()).isEqualTo("application/json");
        assertThat(written.target().metadata())
                .containsEntry("output-filename", "labels.json")
                .containsEntry("state", "COMPLETE")
                .containsEntry("job-id", ID);
        assertThat(egress.record().history()).extracting(Change::state).containsExactly("waiting", "stored");
        assertThat(egress.record().expiresAt()).isNull();
    }

    @Test
    void jobComplete_whenAgain_saysDuplicateAndMovesNoBytes() {
        platform.put(Output.of(ID, 10));
        var first = answer(200, Invocation.fixture("webhook-egress-job-complete.json"));

        var second = answer(200, Invocation.fixture("webhook-egress-job-complete.json"));

        assertThat(second).containsEntry("duplicate", true).containsEntry("sha256", first.get("sha256"));
        assertThat(platform.requests(ID)).isEqualTo(1);
    }

    @Test
    void jobComplete_whenBase64_isRead() {
        platform.put(Output.of(ID, 10));

        var event = new LinkedHashMap<>(Json.object(
                Invocation.fixture("webhook-egress-job-complete.json").getBytes(StandardCharsets.UTF_8)));
        event.put("body", Base64.getEncoder().encodeToString(message(ID).getBytes(StandardCharsets.UTF_8)));
        event.put("isBase64Encoded", true);

        answer(200, Json.string(event));
    }

    @Test
    void jobComplete_when200DeliveriesOf20JobsAtOnce_storesEachOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            platform.put(Output.of("job-" + i, 100_000 + i));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(IntStream.range(0, 200)
                    .mapToObj(n ->
                            (Callable<Object>) () -> Invocation.of(handler, http(message("job-" + n % 20), Map.of()))
                                    .get("statusCode"))
                    .toList());
            assertThat(answers).extracting(answer -> answer.resultNow()).containsOnly(200, 202);
        }
        assertThat(objects.objects()).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(platform.requests("job-" + i)).isEqualTo(1);
            assertThat(egress.written("job-" + i).body()).hasSize(100_000 + i);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/passwd",
                "a/../b",
                "%2e%2e%2f",
                "a%2eb",
                "a\\u0000b",
                "a\\nb",
                "ünïcode",
                "a b",
                "a.json",
                ""
            })
    void jobComplete_whenTheIdIsHostile_isRefused(String id) {
        assertThat(refused(400, "{\"id\": \"" + id + "\", \"event\": \"job_complete\"}", Map.of()))
                .containsEntry("field", "id");
    }

    @Test
    void jobComplete_whenTheIdIsLong_isRefused() {
        refused(400, message("a".repeat(65)), Map.of());
        refused(400, message("a".repeat(10_000)), Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "[]",
                "{}",
                "{\"id\": 7, \"event\": \"job_complete\"}",
                "{\"id\": \"a\"}",
                "{\"id\": \"a\", \"event\": \"job_failed\"}",
                "{\"id\": \"a\", \"id\": \"b\", \"event\": \"job_complete\"}"
            })
    void jobComplete_whenTheBodyIsWrong_isRefused(String body) {
        refused(400, body, Map.of());
    }

    @Test
    void jobComplete_whenTheBodyHas10Megabytes_isRefused() {
        refused(413, message("a").replace("job_complete", "x".repeat(10_000_000)), Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application/json; charset=utf-8",
                "Application/JSON",
                "application/cloudevents+json",
                "text/json",
                "application/x-www-form-urlencoded",
                "application/x-www-form-urlencoded; charset=UTF-8",
                "text/plain",
                "text/plain;charset=UTF-8",
                "application/octet-stream"
            })
    void jobComplete_whenTheSenderDoesNotSayThatItIsJson_isReadAllTheSame(String type) {
        platform.put(Output.of(ID, 10));

        refused(400, "id=" + ID + "&event=job_complete", Map.of("content-type", type));
        answer(200, http(message(ID), Map.of("content-type", type)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/xml", "multipart/form-data; boundary=x", "application/jsonx", "image/png", "?"})
    void jobComplete_whenTheContentTypeIsWrong_isRefused(String type) {
        refused(415, message(ID), Map.of("content-type", type));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id=a&event=job_complete", "<id>a</id>", "{'id': 'a'}", "{\"id\": \"a\"", "\u001f\u001f"})
    void jobComplete_whenTheBodyIsNoJson_saysWhatItMustBe(String body) {
        assertThat(refused(400, body, Map.of()).get("message"))
                .asString()
                .contains("line 1, column ", "{\"id\": \"<job>\", \"event\": \"job_complete\"}");
    }

    @Test
    void jobComplete_whenTheIdStandsTwice_saysSo() {
        assertThat(refused(400, "{\"id\": \"a\", \"id\": \"b\", \"event\": \"job_complete\"}", Map.of())
                        .get("message"))
                .asString()
                .contains("the key \"id\" twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", ""})
    void jobComplete_whenCompressed_isRead(String encoding) {
        platform.put(Output.of(ID, 10));

        answer(200, binary(gzip(message(ID)), Map.of("content-encoding", encoding)));
    }

    @Test
    void jobComplete_whenCompressedAndHuge_namesTheLimit() {
        var answer = answer(413, binary(gzip(message("a".repeat(20_000_000))), Map.of("content-encoding", "gzip")));

        assertThat(answer.get("message")).asString().contains("65536 bytes after decompression");
    }

    @Test
    void jobComplete_whenCompressedInAnotherWay_saysWhatIsRead() {
        refused(415, message(ID), Map.of("content-encoding", "br"));
    }

    @Test
    void jobComplete_whenCurlSendsItBelowAStage_isStored() {
        platform.put(Output.of(ID, 10));

        answer(200, Invocation.fixture("webhook-egress-curl-below-stage.json"));
    }

    static List<DeliveryFault> cuts() {
        return List.of(
                new DeliveryFault.Cut(0),
                new DeliveryFault.Cut(1),
                new DeliveryFault.Cut(100_000),
                new DeliveryFault.Cut(199_999),
                new DeliveryFault.Damaged(),
                new DeliveryFault.Status(500, ""),
                new DeliveryFault.Status(429, "1"));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void jobComplete_whenThePlatformFailsForAMoment_triesAgainAtOnce(DeliveryFault fault) {
        platform.put(Output.of(ID, 200_000).failing(fault, 2));

        answer(200, http(message(ID), Map.of()));

        assertThat(platform.requests(ID)).isEqualTo(3);
        assertThat(egress.written(ID).body()).isEqualTo(platform.bytes(ID));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void jobComplete_whenThePlatformKeepsFailing_leavesNothingAndTheNextDeliverySucceeds(DeliveryFault fault) {
        platform.put(Output.of(ID, 200_000).failing(fault, Integer.MAX_VALUE));

        assertThat(refused(502, message(ID), Map.of())).containsKey("message");

        assertThat(egress.record().state()).isEqualTo("failed");
        platform.put(Output.of(ID, 200_000));
        assertThat(answer(200, http(message(ID), Map.of()))).containsEntry("duplicate", false);
    }

    @ParameterizedTest
    @CsvSource({"404, 404", "410, 404", "504, 504", "400, 502", "401, 502", "403, 502"})
    void jobComplete_whenThePlatformRefuses_saysWhoHasToAct(int platformStatus, int status) {
        platform.put(Output.of(ID, 10).failing(new DeliveryFault.Status(platformStatus, ""), Integer.MAX_VALUE));

        refused(status, message(ID), Map.of());
    }

    @Test
    void jobComplete_whenThePlatformDoesNotKnowTheJob_is404() {
        refused(404, message("unknown"), Map.of());
    }

    @Test
    void jobComplete_whenThePlatformFallsSilent_is504() {
        platform.put(Output.of(ID, 200_000).failing(new DeliveryFault.Silence(100), Integer.MAX_VALUE));
        var impatient = handler(new Egress.Limits(BYTES, Duration.ofSeconds(2), Duration.ofSeconds(2)));

        var answer = Invocation.of(impatient, http(message(ID), Map.of()));

        assertThat(answer).containsEntry("statusCode", 504);
        assertThat(objects.objects()).isEmpty();
    }

    @Test
    void jobComplete_whenTheOutputTrickles_leavesItToTheWorker() {
        platform.put(Output.of(ID, 200_000).failing(new DeliveryFault.Trickle(100), Integer.MAX_VALUE));
        var impatient = handler(new Egress.Limits(BYTES, Duration.ofSeconds(2), Duration.ofSeconds(2)));

        assertThat(Invocation.of(impatient, http(message(ID), Map.of()))).containsEntry("statusCode", 202);

        assertThat(objects.objects()).isEmpty();
        assertThat(handedOver).containsExactly(ID + " PT0S");
    }

    @Test
    void jobComplete_whenTheFunctionStartedSlowly_makesFewerAttempts() {
        platform.put(Output.of(ID, 10).failing(new DeliveryFault.Status(503, ""), Integer.MAX_VALUE));

        answer(502, received(Duration.ofSeconds(14).plusMillis(900)));

        assertThat(platform.requests(ID)).isEqualTo(1);
    }

    @Test
    void jobComplete_whenTheFunctionStartedTooSlowly_leavesItToTheWorker() {
        platform.put(Output.of(ID, 10));

        answer(202, received(Duration.ofSeconds(25)));

        assertThat(objects.objects()).isEmpty();
        assertThat(handedOver).containsExactly(ID + " PT0S");
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 3600, -5})
    void jobComplete_whenTheTimeIsNotOfThisRequest_hasTheWholeTime(long secondsAgo) {
        platform.put(Output.of(ID, 10).failing(new DeliveryFault.Status(503, ""), 2));

        answer(200, received(Duration.ofSeconds(secondsAgo)));
    }

    @Test
    void jobComplete_whenRedirectedInside_is502AndFetchesNothing() {
        platform.put(Output.of(ID, 10)
                .failing(new DeliveryFault.Redirect("http://169.254.169.254/latest/meta-data/"), Integer.MAX_VALUE));

        refused(502, message(ID), Map.of());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jobComplete_whenTheOutputIsBig_leavesItToTheWorker(boolean announced) {
        var big = Output.of(ID, BYTES + 1);
        platform.put(announced ? big : big.unannounced());

        assertThat(answer(202, http(message(ID), Map.of()))).containsEntry("id", ID);
        assertThat(objects.objects()).isEmpty();
        assertThat(handedOver).containsExactly(ID + " PT0S");

        egress.with(WORKER).store(ID, clock.instant());
        assertThat(answer(200, http(message(ID), Map.of()))).containsEntry("duplicate", true);
    }

    @Test
    void jobComplete_whenAnotherWorkerHasTheLease_is202AndTheWorkerMakesSure() {
        platform.put(Output.of(ID, 10));
        claimed();

        answer(202, http(message(ID), Map.of()));

        assertThat(handedOver).containsExactly(ID + " PT1M5S precaution");
        assertThat(platform.requests(ID)).isZero();
    }

    @Test
    void jobComplete_whenWhoeverWasAtItDied_isTakenOver() {
        platform.put(Output.of(ID, 10));
        claimed();
        clock.jump(Duration.ofMinutes(2));

        answer(200, http(message(ID), Map.of()));
    }

    @Test
    void jobComplete_whenCompressedOnTheWay_storesItAsItWasBefore() throws Exception {
        platform.put(Output.of(ID, 200_000).failing(new DeliveryFault.Encoded("gzip"), 1));

        assertThat(answer(200, http(message(ID), Map.of())))
                .containsEntry("bytes", 200_000)
                .containsEntry("sha256", sha256(platform.bytes(ID)));

        assertThat(egress.written(ID).body()).isEqualTo(platform.bytes(ID));
        assertThat(egress.written(ID).target().contentEncoding()).isEmpty();
    }

    @Test
    void jobComplete_whenEncodedInAnotherWay_keepsTheEncodingWithTheObject() {
        platform.put(Output.of(ID, 100).failing(new DeliveryFault.Encoded("br"), 1));

        answer(200, http(message(ID), Map.of()));

        assertThat(egress.written(ID).body()).isEqualTo(platform.bytes(ID));
        assertThat(egress.written(ID).target().contentEncoding()).contains("br");
    }

    @Test
    void jobComplete_whenItGrowsBeyondTheLimit_leavesItToTheWorker() {
        platform.put(Output.of(ID, 10).failing(new DeliveryFault.Bomb(100 * BYTES), Integer.MAX_VALUE));

        assertThat(answer(202, http(message(ID), Map.of())).get("message"))
                .asString()
                .contains("more than " + BYTES + " bytes");

        assertThat(objects.objects()).isEmpty();
    }

    static List<DeliveryFault> noOutputs() {
        return List.of(
                new DeliveryFault.Empty(""),
                new DeliveryFault.Page("text/html; charset=utf-8"),
                new DeliveryFault.Page("application/json"),
                new DeliveryFault.TwoLengths());
    }

    @ParameterizedTest
    @MethodSource("noOutputs")
    void jobComplete_whenWhatComesIsNoOutput_is502AndTheNextDeliverySucceeds(DeliveryFault fault) {
        platform.put(Output.of(ID, 200_000).failing(fault, Integer.MAX_VALUE));
        refused(502, message(ID), Map.of());

        platform.put(Output.of(ID, 200_000));
        assertThat(answer(200, http(message(ID), Map.of()))).containsEntry("duplicate", false);
    }

    @Test
    void jobComplete_whenThePlatformWantsToBeLeftAlone_is502AtOnce() {
        platform.put(Output.of(ID, 10).failing(new DeliveryFault.Status(429, "15"), 1));

        refused(502, message(ID), Map.of());

        assertThat(platform.requests(ID)).isEqualTo(1);
    }

    @Test
    void jobComplete_whenTheBucketOrTheTableIsOutOfReach_is503() {
        platform.put(Output.of(ID, 10));
        objects.failWith(new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot write."));
        assertThat(refused(503, message(ID), Map.of()).get("message"))
                .asString()
                .doesNotContain("Cannot write");

        objects.failWith(null);
        jobs.failWith(new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot read."));
        refused(503, message(ID), Map.of());

        jobs.failWith(null);
        answer(200, http(message(ID), Map.of()));
    }

    // ---------------------------------------------------------------- signatures

    @Test
    void signature_whenGood_passes() throws Exception {
        platform.put(Output.of(ID, 10));

        String now = now();
        assertThat(signed(now, hmac("new", now + "." + message(ID)))).isEqualTo(200);
        assertThat(signed(now, hmac("old", now + "." + message(ID)))).isEqualTo(200);
        assertThat(signed(now, hmac("new", message(ID)))).isEqualTo(200);
    }

    @Test
    void signature_whenOneBitIsOff_isRefused() throws Exception {
        String now = now();
        byte[] signature = HexFormat.of().parseHex(hmac("new", now + "." + message(ID)));
        for (int bit = 0; bit < 256; bit += 17) {
            byte[] off = signature.clone();
            off[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(signed(now, HexFormat.of().formatHex(off))).isEqualTo(401);
        }
        assertThat(objects.objects()).isEmpty();
    }

    @Test
    void signature_whenTheTimestampIsNotTheSignedOne_isRefused() throws Exception {
        String earlier = Long.toString(Long.parseLong(now()) - 100);

        assertThat(signed(now(), hmac("new", earlier + "." + message(ID)))).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(longs = {-360, -301, 310, 360, -1_000_000_000}) // the clock advances during the test
    void signature_whenTheTimestampIsOff_isRefused(long seconds) throws Exception {
        String then = Long.toString(clock.instant().getEpochSecond() + seconds);

        assertThat(signed(then, hmac("new", then + "." + message(ID)))).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "1e9", "99999999999999999999", "NaN"})
    void signature_whenTheTimestampIsNone_isRefused(String timestamp) throws Exception {
        assertThat(signed(timestamp, hmac("new", timestamp + "." + message(ID))))
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "zz", "=", " ", "AAAA", "sha256=00"})
    void signature_whenMalformed_isRefused(String signature) {
        assertThat(signed(now(), signature)).isEqualTo(401);
    }

    @Test
    void signature_whenWrittenInAnotherWay_passes() throws Exception {
        platform.put(Output.of(ID, 10));
        String now = now();
        byte[] signature = HexFormat.of().parseHex(hmac("new", now + "." + message(ID)));
        String hex = HexFormat.of().formatHex(signature);
        String base64 = Base64.getEncoder().encodeToString(signature);
        for (String header : List.of(
                "sha256=" + hex,
                "sha256=" + hex.toUpperCase(Locale.ROOT),
                "sha256= " + hex,
                " SHA256 = " + hex + " ",
                "sha256=" + base64,
                "sha256= " + base64,
                "Sha256=" + base64.replace("=", ""),
                "sha256=" + Base64.getUrlEncoder().encodeToString(signature))) {
            assertThat(webhook(http(message(ID), signatureHeaders(now, header))))
                    .as(header)
                    .isEqualTo(200);
        }
        signature[31] ^= 1;
        for (String header : List.of(
                "sha256=" + Base64.getEncoder().encodeToString(signature),
                "sha256=" + base64 + "A",
                "sha512=" + base64,
                "sha256=" + hex + hex,
                hex)) {
            assertThat(webhook(http(message(ID), signatureHeaders(now, header))))
                    .as(header)
                    .isEqualTo(401);
        }
    }

    @Test
    void signature_whenTheBodyIsCompressed_isOfEitherForm() throws Exception {
        platform.put(Output.of(ID, 10));
        String now = now();
        byte[] compressed = gzip(message(ID));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("new".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((now + ".").getBytes(StandardCharsets.UTF_8));
        String asSent = HexFormat.of().formatHex(mac.doFinal(compressed));

        for (String signature : List.of(asSent, hmac("new", now + "." + message(ID)))) {
            assertThat(webhook(binary(compressed, signatureHeaders(now, "sha256=" + signature))))
                    .isEqualTo(200);
        }
        assertThat(webhook(binary(gzip(message("other")), signatureHeaders(now, "sha256=" + asSent))))
                .isEqualTo(401);
    }

    @Test
    void signature_whenMissing_isRefusedBeforeTheBodyIsRead() {
        var answer = Invocation.of(signing(), http("no JSON", Map.of()));

        assertThat(answer).containsEntry("statusCode", 401);
        assertThat(Invocation.body(answer)).containsKey("message");
    }

    @ParameterizedTest
    @CsvSource({"new, 200", "old, 200", "ne, 401", "news, 401", "'', 401"})
    void key_whenAtTheEndOfThePath_standsForASignature(String key, int status) {
        platform.put(Output.of(ID, 10));

        assertThat(Invocation.of(signing(), keyed(key))).containsEntry("statusCode", status);
        assertThat(Invocation.of(handler, keyed(key)))
                .as("no secret is configured")
                .containsEntry("statusCode", 404);
    }

    @Test
    void standardWebhook_whenOneOfItsSignaturesHolds_passes() throws Exception {
        platform.put(Output.of(ID, 10));
        String now = now();
        String good = STANDARD.sign("msg_1", now, bytes(message(ID)));

        assertThat(webhook(http(message(ID), standardHeaders("msg_1", now, good))))
                .isEqualTo(200);
        assertThat(webhook(http(message(ID), standardHeaders("msg_1", now, "v1,AAAA v1a,BBBB " + good))))
                .isEqualTo(200);
        byte[] compressed = gzip(message(ID));
        for (byte[] signedBody : List.of(compressed, bytes(message(ID)))) {
            assertThat(webhook(
                            binary(compressed, standardHeaders("msg_1", now, STANDARD.sign("msg_1", now, signedBody)))))
                    .isEqualTo(200);
        }
    }

    @Test
    void standardWebhook_whenAnotherIdTimeBodyOrKeyWasSigned_isRefused() {
        String now = now();
        String late = Long.toString(clock.instant().getEpochSecond() - 310);
        String good = STANDARD.sign("msg_1", now, bytes(message(ID)));
        WebhookKey other = WebhookKey.lines("whsec_b3RoZXI=").getFirst();

        for (Map<String, String> headers : List.of(
                standardHeaders("msg_2", now, good),
                standardHeaders("", now, good),
                standardHeaders("msg_1", late, STANDARD.sign("msg_1", late, bytes(message(ID)))),
                standardHeaders("msg_1", "soon", STANDARD.sign("msg_1", "soon", bytes(message(ID)))),
                standardHeaders("msg_1", now, STANDARD.sign("msg_1", now, bytes(message("other")))),
                standardHeaders("msg_1", now, other.sign("msg_1", now, bytes(message(ID)))),
                standardHeaders("msg_1", now, good.replace("v1,", "v2,")),
                Map.of("webhook-signature", good))) {
            assertThat(webhook(http(message(ID), headers))).as("%s", headers).isEqualTo(401);
        }
        assertThat(objects.objects()).isEmpty();
    }

    @Test
    void standardWebhook_whenTheOtherSignatureIsThereToo_passesWithEither() throws Exception {
        platform.put(Output.of(ID, 10));
        String now = now();
        String standard = STANDARD.sign("msg_1", now, bytes(message(ID)));
        String own = "sha256=" + hmac("new", now + "." + message(ID));
        String none = "sha256=" + "0".repeat(64);

        assertThat(webhook(both(now, "v1,AAAA", own))).isEqualTo(200);
        assertThat(webhook(both(now, standard, none))).isEqualTo(200);
        assertThat(webhook(both(now, "v1,AAAA", none))).isEqualTo(401);
    }

    private static String both(String now, String standard, String own) {
        var headers = new LinkedHashMap<>(signatureHeaders(now, own));
        headers.putAll(standardHeaders("msg_1", now, standard));
        return http(message(ID), headers);
    }

    private static Map<String, String> standardHeaders(String id, String timestamp, String signatures) {
        return Map.of("Webhook-Id", id, "Webhook-Timestamp", timestamp, "Webhook-Signature", signatures);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String keyed(String key) {
        var event = new LinkedHashMap<>(Json.object(http(message(ID), Map.of()).getBytes(StandardCharsets.UTF_8)));
        event.put("pathParameters", Map.of("key", key));
        return Json.string(event);
    }

    private WebhookEgressHandler signing() {
        return new WebhookEgressHandler(
                delivery(LIMITS),
                Optional.of(new WebhookSecret(new Secret(() -> "new\nold\n" + STANDARD_KEY, clock), clock)));
    }

    private int signed(String timestamp, String signature) {
        return webhook(http(message(ID), signatureHeaders(timestamp, "sha256=" + signature)));
    }

    private int webhook(String event) {
        return (Integer) requireNonNull(Invocation.of(signing(), event).get("statusCode"));
    }

    private static Map<String, String> signatureHeaders(String timestamp, String signature) {
        return Map.of("X-Webhook-Timestamp", timestamp, "X-Webhook-Signature", signature);
    }

    private String now() {
        return Long.toString(clock.instant().getEpochSecond());
    }

    private static String hmac(String key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    // ---------------------------------------------------------------- helpers

    private void claimed() {
        Instant now = clock.instant();
        jobs.create(Job.created(JOB, new Change("waiting", now, "Test."), Map.of(), null));
        jobs.lease(JOB, new Lease("somebody", now.plusSeconds(60)), now);
    }

    private WebhookEgressHandler handler(Egress.Limits limits) {
        return new WebhookEgressHandler(delivery(limits), Optional.empty());
    }

    private WebhookDelivery delivery(Egress.Limits limits) {
        return new WebhookDelivery(
                egress.with(limits),
                (id, delay, precaution) -> handedOver.add(id + " " + delay + (precaution ? " precaution" : "")),
                clock);
    }

    private static String message(String id) {
        return Json.string(Map.of("id", id, "event", "job_complete", "msg", "done"));
    }

    private static byte[] gzip(String text) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** As API Gateway passes a body that it doesn't recognise as text. */
    private static String binary(byte[] body, Map<String, String> headers) {
        var event = new LinkedHashMap<>(Json.object(http("", headers).getBytes(StandardCharsets.UTF_8)));
        event.put("body", Base64.getEncoder().encodeToString(body));
        event.put("isBase64Encoded", true);
        return Json.string(event);
    }

    private static String http(String body, Map<String, String> headers) {
        return Json.string(Map.of(
                "version",
                "2.0",
                "rawPath",
                "/job-complete",
                "headers",
                headers,
                "requestContext",
                Map.of("http", Map.of("method", "POST", "path", "/job-complete")),
                "body",
                body,
                "isBase64Encoded",
                false));
    }

    private String received(Duration ago) {
        var event = Json.object(http(message(ID), Map.of()).getBytes(StandardCharsets.UTF_8));
        return Json.string(event.with(
                "requestContext",
                event.object("requestContext")
                        .with("timeEpoch", clock.instant().minus(ago).toEpochMilli())));
    }

    private Map<String, @Nullable Object> answer(int status, String event) {
        var answer = Invocation.of(handler, event);
        assertThat(answer).as("%s", answer.get("body")).containsEntry("statusCode", status);
        return Invocation.body(answer);
    }

    private Map<String, @Nullable Object> refused(int status, String body, Map<String, String> headers) {
        var answer = answer(status, http(body, headers));
        assertThat(answer).containsKey("message");
        assertThat(objects.objects()).isEmpty();
        return answer;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
