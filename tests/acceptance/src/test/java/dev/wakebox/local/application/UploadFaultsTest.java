package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Uploads whose processor fails, with the real template, functions, queues and instance. */
class UploadFaultsTest {
    /** The receive count for tests of dead letters. */
    private static final int FEW_RECEIVES = 3;
    /** More receives than a busy computer needs. */
    private static final int MANY_RECEIVES = 20;

    private static final String OWNER = "ana@example.org";
    /** Closes the connection instead of answering. */
    private static final int CUT = 0;

    @TempDir
    static Path directory;

    static RunningApplication app;
    private static HttpServer server;

    /** The answer of the processing API. */
    private static volatile int health;

    private static volatile int answer;

    private static final List<String> posts = new CopyOnWriteArrayList<>();
    private static final List<String> mails = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/health", exchange -> respond(exchange, health, "{}"));
        server.createContext("/process", exchange -> {
            posts.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            respond(exchange, answer, "{}");
        });
        server.createContext("/v2/email/outbound-emails", exchange -> {
            String mail = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            mails.add(mail);
            respond(exchange, 200, "{\"MessageId\":\"1\"}");
        });
        server.start();
        URI stub = URI.create("http://127.0.0.1:" + server.getAddress().getPort());

        app = RunningApplication.start(directory, Map.of("ProcessorUrl", stub + "/process"));
        app.setVariable("email", "AWS_ENDPOINT_URL_SESV2", stub.toString());
        // Queues with a visibility timeout of seconds.
        for (String queue : List.of("UploadQueue", "MailQueue")) {
            app.setQueueAttribute(queue, QueueAttributeName.VISIBILITY_TIMEOUT, "10");
        }
        // A first start on a busy computer may take that long, and would count as a failed delivery.
        app.invoke("email", created("warm-up"));
    }

    @AfterAll
    static void stop() {
        app.close();
        server.stop(0);
    }

    @BeforeEach
    void everythingWorks() {
        health = 200;
        answer = 202;
        await("the instance is stopped", A_WHILE, () -> app.processorState().equals("stopped"));
    }

    @Nested
    class FewDeliveriesOfFiles {
        @BeforeAll
        static void giveUpSoon() {
            mostReceivesOfFiles(FEW_RECEIVES);
        }

        @Test
        void file_whenTheInstanceNeverGetsHealthy_failsWithThatReasonItsOwnerIsInformedOnceAndTheInstanceStops() {
            health = 503;

            String id = givenUp("The processing instance does not answer yet.");

            assertThat(postsOf(id)).isZero();
        }

        @Test
        void file_whenTheApiAnswers500_failsWithThatReasonItsOwnerIsInformedOnceAndTheInstanceStops() {
            answer = 500;

            String id = givenUp("The processing instance refused the file: it answered HTTP 500.");

            assertThat(postsOf(id)).isPositive();
        }
    }

    @Nested
    class ManyDeliveriesOfFiles {
        @BeforeAll
        static void bePatient() {
            mostReceivesOfFiles(MANY_RECEIVES);
        }

        @Test
        void file_whenTheConnectionIsCutAfterThePost_isPostedOnceAndItsResultCounts() {
            answer = CUT;

            String id = upload();
            await("the processor may have it", A_WHILE, () -> state(id).equals("PROCESSING"));
            for (int i = 0; i < 3; i++) {
                app.deliver("UploadQueue", created("videos/" + id + ".mp4"));
            }
            result(id);

            done(id);
            assertThat(postsOf(id)).isOne();
        }

        /**
         * The limits: a mail within 30 seconds of the processor's report, and two minutes until the instance is
         * stopped.
         */
        @Test
        void file_whenTheProcessorReportsAFailure_endsAtOnceInEveryStateOfTheOtherFile() {
            String other = upload();
            String id = upload();
            await(
                    "the processor has both",
                    A_WHILE,
                    () -> state(id).equals("PROCESSING") && state(other).equals("PROCESSING"));
            for (String body : List.of("{\"failed\":\" \"}", "{\"failed\":1}", "{\"failed\":\"x\",\"progress\":1}")) {
                assertThat(report(id, body).text("field")).isEqualTo("failed");
            }

            Instant reported = Instant.now();
            for (int i = 0; i < 3; i++) {
                assertThat(report(id, "{\"failed\":\"No frame: see https://evil.example\"}")
                                .status())
                        .isEqualTo(200);
            }

            await("the upload failed", A_WHILE, () -> state(id).equals("FAILED"));
            await("the owner is informed", A_WHILE, () -> mailsTo(id) == 1);
            assertThat(Duration.between(reported, Instant.now())).isLessThan(Duration.ofSeconds(30));
            assertThat(app.get("/uploads/" + id).text("reason")).isEqualTo("No frame: see");
            assertThat(state(other)).isEqualTo("PROCESSING");
            assertThat(app.processorState()).isEqualTo("running");

            Instant last = Instant.now();
            assertThat(report(other, "{\"failed\":\"No frame.\"}").status()).isEqualTo(200);
            await("the instance is stopped", A_WHILE, () -> app.processorState().equals("stopped"));
            assertThat(Duration.between(last, Instant.now())).isLessThan(Duration.ofMinutes(2));
            await("the owner is informed", A_WHILE, () -> mailsTo(other) == 1);
            assertThat(mailsTo(id)).isOne();
        }

        @Test
        void events_whenEachComesManyTimesAtOnce_areOnePostAndOneMail() {
            String id = upload();
            for (int i = 0; i < 10; i++) {
                app.deliver("UploadQueue", created("videos/" + id + ".mp4"));
            }
            await("the processor has it", A_WHILE, () -> state(id).equals("PROCESSING"));
            result(id);
            for (int i = 0; i < 10; i++) {
                app.deliver("UploadQueue", created("csvs/summary" + id + ".csv"));
                app.deliver("UploadQueue", created("videos/" + id + ".mp4"));
                app.deliver("MailQueue", created("csvs/summary" + id + ".csv"));
            }

            done(id);
            await(
                    "all events are handled",
                    A_WHILE,
                    () -> app.messages("UploadQueue") + app.messages("MailQueue") == 0);
            assertThat(postsOf(id)).isOne();
            assertThat(mailsTo(id)).isOne();
            assertThat(app.processorState()).isIn("stopping", "stopped");
        }
    }

    @Nested
    class DeadProgram {
        @BeforeAll
        static void restartSoon() {
            mostReceivesOfFiles(MANY_RECEIVES);
            limits("0.05", "0.05");
        }

        @AfterAll
        static void restartLate() {
            limits("2", "10");
        }

        @Test
        void file_whenTheInstanceRunsButItsProgramIsDead_isProcessedAfterARestart() {
            health = 503;
            String id = upload();
            await("the instance is restarted", A_WHILE, () -> {
                arrivedAgain(id);
                return app.log("process-upload").contains("Processing instance restarted");
            });
            assertThat(postsOf(id)).isZero();

            health = 200;

            await("the processor has it", A_WHILE, () -> {
                arrivedAgain(id);
                return state(id).equals("PROCESSING");
            });
            assertThat(postsOf(id)).isOne();
            result(id);
            done(id);
        }

        private static void limits(String unhealthy, String start) {
            app.setVariable("process-upload", "PROCESSOR_UNHEALTHY_LIMIT_MINUTES", unhealthy);
            app.setVariable("process-upload", "PROCESSOR_START_LIMIT_MINUTES", start);
        }
    }

    /** A duplicate of a file's event, as SQS sometimes delivers it. */
    private static void arrivedAgain(String id) {
        app.invoke(
                "process-upload",
                Json.string(Map.of(
                        "Records",
                        List.of(Map.of(
                                "eventSource",
                                "aws:sqs",
                                "messageId",
                                "again",
                                "receiptHandle",
                                "unknown",
                                "attributes",
                                Map.of("ApproximateReceiveCount", "1"),
                                "body",
                                created("videos/" + id + ".mp4"))))));
    }

    /** Uploads a file that never gets results. */
    private static String givenUp(String reason) {
        long dead = app.messages("UploadDeadLetterQueue");
        String id = upload();
        failed(id, reason);
        await("the event is kept for an operator", A_WHILE, () -> app.messages("UploadDeadLetterQueue") == dead + 1);
        return id;
    }

    private static void failed(String id, String reason) {
        await("the upload failed", A_WHILE, () -> state(id).equals("FAILED"));
        assertThat(app.get("/uploads/" + id).text("reason")).isEqualTo(reason);
        await("the owner is informed", A_WHILE, () -> mailsTo(id) == 1);
        assertThat(mails)
                .filteredOn(mail -> mail.contains(id))
                .singleElement()
                .asString()
                .contains(OWNER, "could not be processed");
        await("the instance is stopped", A_WHILE, () -> app.processorState().equals("stopped"));
        app.invoke("process-upload", "{\"source\":\"aws.events\",\"detail-type\":\"Scheduled Event\",\"detail\":{}}");
        await("all events are handled", A_WHILE, () -> app.messages("MailQueue") == 0);
        assertThat(mailsTo(id)).isOne();
    }

    private static void done(String id) {
        await("the upload is done", A_WHILE, () -> state(id).equals("DONE"));
        await("the owner is informed", A_WHILE, () -> mailsTo(id) == 1);
        await("the instance is stopped", A_WHILE, () -> app.processorState().equals("stopped"));
        assertThat(mailsTo(id)).isOne();
    }

    /** Sets the receive count after which a file's event is a dead letter, in the queue and in the function. */
    private static void mostReceivesOfFiles(int most) {
        app.setQueueAttribute(
                "UploadQueue",
                QueueAttributeName.REDRIVE_POLICY,
                Json.string(Map.of(
                        "deadLetterTargetArn",
                        app.queueArn("UploadDeadLetterQueue"),
                        "maxReceiveCount",
                        Integer.toString(most))));
        app.setVariable("process-upload", "EVENT_MOST_RECEIVES", Integer.toString(most));
        app.invoke("process-upload", created("warm-up"));
    }

    /** Announces a file and sends it. */
    private static String upload() {
        var announced = app.post(
                "/uploads",
                Json.string(Map.of("filename", "junction.mp4", "email", OWNER, "name", "Ana", "contentLength", 4)),
                "content-type",
                "application/json");
        assertThat(announced.status()).isEqualTo(201);
        String id = announced.text("id");
        app.put("videos/" + id + ".mp4", "test");
        return id;
    }

    /** Writes results as the processor does. */
    private static void result(String id) {
        app.put("csvs/summary" + id + ".csv", "id_i,id_j\n1,2\n");
    }

    /** The processor's log lines about a file. */
    private static RunningApplication.Answer report(String id, String body) {
        return app.post("/uploads/" + id + "/progress", body, "content-type", "application/json");
    }

    private static String state(String id) {
        return app.get("/uploads/" + id).text("state");
    }

    private static long postsOf(String id) {
        return posts.stream().filter(post -> post.contains(id)).count();
    }

    /** The mails about an upload; each has its id as reference. */
    private static long mailsTo(String id) {
        return mails.stream().filter(mail -> mail.contains(id)).count();
    }

    private static String created(String key) {
        return RunningApplication.event(app.bucket, key, "ObjectCreated:Put", Instant.now());
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        if (status == CUT) {
            exchange.close();
            return;
        }
        exchange.getResponseHeaders().add("content-type", "application/json");
        exchange.sendResponseHeaders(status, body.length());
        exchange.getResponseBody().write(body.getBytes(UTF_8));
        exchange.close();
    }
}
