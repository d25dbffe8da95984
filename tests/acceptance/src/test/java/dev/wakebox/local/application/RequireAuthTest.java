package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static dev.wakebox.local.application.RunningApplication.jobComplete;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.computer.Jwt;
import dev.wakebox.runtime.Json;
import dev.wakebox.webhooks.WebhookKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The application deployed with {@code RequireAuth=true}, for a platform that signs its webhooks, and below a stage with a
 * name.
 */
class RequireAuthTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String STANDARD_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String WEBHOOK_KEYS = "arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook-keys";

    private static final WebhookReceiver RECEIVER = new WebhookReceiver(STANDARD_KEY);

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(
                directory,
                Map.of(
                        "RequireAuth",
                        "true",
                        "JwtSecretParameter",
                        "/test/secret",
                        "WebhookSecretArn",
                        WEBHOOK_KEYS,
                        "NotifyUrl",
                        RECEIVER.url(),
                        "NotifySecretArn",
                        "arn:aws:ssm:us-east-1:000000000000:parameter/test/notify-keys",
                        "StageName",
                        "Prod"));
        app.ssm.putParameter(request ->
                request.name("/test/notify-keys").type("SecureString").value(STANDARD_KEY));
        app.ssm.putParameter(
                request -> request.name("/test/secret").type("SecureString").value(SECRET));
        app.client(SecretsManagerClient.builder()).createSecret(request -> request.name("webhook-keys")
                .secretString("new key\nold-key\n" + STANDARD_KEY));
    }

    @AfterAll
    static void stop() {
        app.close();
        RECEIVER.close();
    }

    @Test
    void request_whenTheTokenIsGood_isAnswered() {
        assertThat(app.get("/status", "authorization", "Bearer " + jwt(SECRET, 600))
                        .text("status"))
                .isEqualTo("sleeping");
        assertThat(app.get("/status/", "authorization", "Bearer " + jwt(SECRET, 600))
                        .text("status"))
                .isEqualTo("sleeping");
    }

    @Test
    void request_whenThereIsNoToken_isUnauthorized() {
        assertThat(app.get("/status").status()).isEqualTo(401);
        assertThat(app.get("/overview").status()).isEqualTo(401);
        assertThat(app.train().status()).isEqualTo(401);
        assertThat(app.post("/datasets", "{}").status()).isEqualTo(401);
        assertThat(app.get("/status/").status()).isEqualTo(401);
        assertThat(app.post("/datasets/", "{}").status()).isEqualTo(401);
    }

    @Test
    void request_whenTheTokenIsForgedOrExpired_isForbidden() {
        for (String token : List.of(jwt("another secret, also 32 bytes long", 600), jwt(SECRET, -600), "x.y.z", "")) {
            assertThat(app.get("/status", "authorization", "Bearer " + token).status())
                    .isBetween(401, 403);
        }
    }

    @Test
    void request_whenBelowTheStageOrAtTheRoot_isAnswered() {
        assertThat(((Map<?, ?>) app.fact("outputs")).get("ApiUrl")).asString().endsWith("amazonaws.com/Prod");
        assertThat(app.fact("api").toString()).endsWith("/Prod");
        URI root = URI.create(app.fact("api").toString()).resolve("/");

        for (String path : List.of("status", "Prod/status")) {
            var request =
                    HttpRequest.newBuilder(root.resolve(path)).header("authorization", "Bearer " + jwt(SECRET, 600));
            assertThat(app.send(request).status()).as(path).isEqualTo(200);
        }
        for (String path : List.of("Prod", "Prod/", "prod/status", "Production/status", "Prod/Prod/status")) {
            assertThat(app.send(HttpRequest.newBuilder(root.resolve(path))).status())
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @Test
    void request_whenSignedBelowTheStage_isAnswered() {
        assertThat(app.signedPost("/stop").status()).isEqualTo(200);
    }

    @Test
    void webhook_whenCurlSendsIt_isTaken() {
        String id = app.order("bytes=10");

        var answer =
                app.post("/job-complete/old-key", jobComplete(id), "content-type", "application/x-www-form-urlencoded");

        assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
    }

    @Test
    void webhook_whenCompressedAndSigned_isTaken() throws IOException, GeneralSecurityException {
        String id = app.order("bytes=10");
        String now = secondsAgo(0);
        var compressed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(compressed)) {
            out.write(jobComplete(id).getBytes(UTF_8));
        }

        var answer = app.send(app.request(
                        "/job-complete",
                        "content-type",
                        "application/json",
                        "content-encoding",
                        "gzip",
                        "x-webhook-timestamp",
                        now,
                        "x-webhook-signature",
                        "sha256= " + Base64.getEncoder().encodeToString(hmac("old-key", now + "." + jobComplete(id))))
                .POST(HttpRequest.BodyPublishers.ofByteArray(compressed.toByteArray())));

        assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
    }

    @Test
    void webhook_whenSignedWithEitherKey_isTaken() throws GeneralSecurityException {
        for (String key : List.of("new key", "old-key")) {
            String id = app.order("bytes=10");
            String body = jobComplete(id);
            String now = secondsAgo(0);

            var answer = webhook(body, now, hex(hmac(key, now + "." + body)));

            assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
        }
    }

    @Test
    void webhook_whenItIsAStandardWebhook_isTakenWithAGoodSignatureOnly() {
        String id = app.order("bytes=10");
        String body = jobComplete(id);
        String now = secondsAgo(0);
        String good = WebhookKey.lines(STANDARD_KEY).getFirst().sign("msg_1", now, body.getBytes(UTF_8));

        assertThat(standardWebhook(body, "msg_2", now, good).status()).isEqualTo(401);
        assertThat(app.downloads(id)).isZero();
        var answer = standardWebhook(body, "msg_1", now, "v1a,AAAA " + good);
        assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
    }

    private static RunningApplication.Answer standardWebhook(String body, String id, String now, String signatures) {
        return app.post(
                "/job-complete",
                body,
                "content-type",
                "application/json",
                "webhook-id",
                id,
                "webhook-timestamp",
                now,
                "webhook-signature",
                signatures);
    }

    @Test
    void webhook_whenAKeyIsAtTheEndOfItsPath_isTakenWithoutASignature() {
        String id = app.order("bytes=10");
        String body = jobComplete(id);

        assertThat(app.post("/job-complete/another", body, "content-type", "application/json")
                        .status())
                .isEqualTo(401);
        assertThat(app.downloads(id)).isZero();
        assertThat(app.post("/job-complete/new%20key", body, "content-type", "application/json")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void webhook_whenTheSignatureDoesNotHold_isUnauthorizedAndFetchesNothing() throws GeneralSecurityException {
        String id = app.order("bytes=10");
        String body = jobComplete(id);
        String now = secondsAgo(0);
        String late = secondsAgo(360);
        byte[] oneBitOff = hmac("new key", now + "." + body);
        oneBitOff[31] ^= 1;

        assertThat(List.of(
                        webhook(body, now, hex(oneBitOff)),
                        webhook(body, late, hex(hmac("new key", late + "." + body))),
                        webhook(body, now, hex(hmac("new key", late + "." + body))),
                        webhook(body, now, hex(hmac("another", now + "." + body))),
                        webhook(body + " ", now, hex(hmac("new key", now + "." + body))),
                        app.post("/job-complete", body, "content-type", "application/json")))
                .extracting(RunningApplication.Answer::status)
                .containsOnly(401);
        assertThat(app.downloads(id)).isZero();
        assertThat(app.object("labels/" + id + ".json")).isEmpty();
    }

    @Test
    void notify_whenARunAnUploadAndTrainingsHaveEnded_sendsSignedWebhooksUntilTheyAreTaken() {
        String execution = app.startExecution(
                "webhook-12",
                RunningApplication.runDocument(
                        Map.of(
                                "timeout_s",
                                600,
                                "ii_terminate_instance",
                                true,
                                "traceparent",
                                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                        "exit 3"));
        String token = "Bearer " + jwt(SECRET, 600);
        String upload = app.post(
                        "/uploads",
                        Json.string(Map.of("filename", "empty.mp4", "email", "ana@example.org", "name", "Ana")),
                        "content-type",
                        "application/json",
                        "authorization",
                        token)
                .text("id");
        app.put("videos/" + upload + ".mp4", "");
        app.put(
                RunningApplication.STATUS,
                "{\"status\":\"active\",\"token\":\"webhook-12\",\"task_type\":\"textclassification\",\"since\":\""
                        + Instant.now() + "\"}");
        assertThat(app.signedPost("/stop").status()).isEqualTo(200);
        assertThat(app.post("/classifier/train", "{\"mentor\":\"nobody\"}", "authorization", token)
                        .status())
                .isEqualTo(200);

        delivered("run.command_failed", "execution", execution);
        delivered("upload.failed", "id", upload);
        delivered("training.failed", "id", "webhook-12");
        await("the refused one is kept", A_WHILE, () -> app.messages("NotifyDeadLetterQueue") == 1);
        assertThat(RECEIVER.deliveries()).allMatch(WebhookReceiver.Delivered::verified);
        assertThat(RECEIVER.deliveries())
                .filteredOn(delivery -> delivery.type().equals("run.command_failed"))
                .allSatisfy(delivery -> assertThat(delivery.traceparent())
                        .startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-")
                        .isEqualTo(delivery.body().object("data").text("traceparent")));
        var failed = RECEIVER.deliveries().stream()
                .filter(delivery -> delivery.answer() == 503)
                .toList();
        assertThat(failed).hasSize(1);
        assertThat(RECEIVER.deliveries())
                .as("the one after the 503")
                .anyMatch(delivery -> delivery.answer() == 204
                        && delivery.id().equals(failed.getFirst().id())
                        && delivery.body().equals(failed.getFirst().body()));
    }

    private static void delivered(String type, String name, String value) {
        await(type, A_WHILE, () -> RECEIVER.deliveries().stream()
                .anyMatch(delivery -> delivery.answer() == 204
                        && delivery.type().equals(type)
                        && delivery.body().object("data").text(name).equals(value)));
    }

    private static RunningApplication.Answer webhook(String body, String timestamp, String signature) {
        return app.post(
                "/job-complete",
                body,
                "content-type",
                "application/json",
                "x-webhook-timestamp",
                timestamp,
                "x-webhook-signature",
                "sha256=" + signature);
    }

    private static String secondsAgo(int seconds) {
        return Long.toString(Instant.now().getEpochSecond() - seconds);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] hmac(String key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
        return mac.doFinal(text.getBytes(UTF_8));
    }

    private static String jwt(String secret, long validSeconds) {
        return Jwt.signed(
                Map.of(
                        "id",
                        "5f0cfea3395d762ca65405d1",
                        "role",
                        "USER",
                        "mentorIds",
                        List.of("nobody"),
                        "exp",
                        Instant.now().getEpochSecond() + validSeconds),
                secret);
    }
}
