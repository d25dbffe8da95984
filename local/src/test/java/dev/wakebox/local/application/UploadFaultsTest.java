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

/** Uploads whose box or mail provider fails, with the real template, functions, queues and instance. */
class UploadFaultsTest {
    /** Where the dead letter is what a test is about. */
    private static final int FEW_RECEIVES = 3;
    /** More than a busy machine uses up. */
    private static final int MANY_RECEIVES = 20;

    private static final String OWNER = "ana@example.org";
    private static final int ACCEPTED = 200;
    /** Instead of an answer. */
    private static final int CUT = 0;

    @TempDir
    static Path directory;

    static RunningApplication app;
    private static HttpServer server;

    /** What the box's API answers. */
    private static volatile int health;

    private static volatile int answer;
    /** What SES answers. */
    private static volatile int delivery;

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
            if (delivery == ACCEPTED) {
                mails.add(mail);
            }
            exchange.getResponseHeaders()
                    .add("x-amzn-ErrorType", delivery == 429 ? "TooManyRequestsException" : "MessageRejected");
            respond(exchange, delivery, "{\"MessageId\":\"1\",\"message\":\"not verified: " + OWNER + "\"}");
        });
        server.start();
        URI stub = URI.create("http://127.0.0.1:" + server.getAddress().getPort());

        app = RunningApplication.start(directory, Map.of("ProcessorUrl", stub + "/process"));
        app.setVariable("email", "AWS_ENDPOINT_URL_SESV2", stub.toString());
        // Queues that hand out anew after seconds.
        for (String queue : List.of("UploadQueue", "MailQueue")) {
            app.setQueueAttribute(queue, QueueAttributeName.VISIBILITY_TIMEOUT, "10");
        }
        // A first start on a busy machine may take that long, and would count as a delivery that failed.
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
        delivery = ACCEPTED;
        mostReceives("MailQueue", MANY_RECEIVES);
        await("the box sleeps", A_WHILE, () -> app.processorState().equals("stopped"));
    }

    @Nested
    class FewDeliveriesOfFiles {
        @BeforeAll
        static void giveUpSoon() {
            mostReceivesOfFiles(FEW_RECEIVES);
        }

        @Test
        void file_whenTheBoxNeverGetsHealthy_failsWithThatReasonItsOwnerIsToldOnceAndTheBoxSleeps() {
            health = 503;

            String id = givenUp("The processing machine does not answer yet.");

            assertThat(postsOf(id)).isZero();
        }

        @Test
        void file_whenTheApiAnswers500_failsWithThatReasonItsOwnerIsToldOnceAndTheBoxSleeps() {
            answer = 500;

            String id = givenUp("The processing machine refused the file: it answered HTTP 500.");

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
            await("the box may have it", A_WHILE, () -> state(id).equals("PROCESSING"));
            for (int i = 0; i < 3; i++) {
                app.deliver("UploadQueue", created("videos/" + id + ".mp4"));
            }
            result(id);

            done(id);
            assertThat(postsOf(id)).isOne();
        }

        @Test
        void events_whenEachComesManyTimesAtOnce_areOnePostAndOneMail() {
            String id = upload();
            for (int i = 0; i < 10; i++) {
                app.deliver("UploadQueue", created("videos/" + id + ".mp4"));
            }
            await("the box has it", A_WHILE, () -> state(id).equals("PROCESSING"));
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

        @Test
        void mail_whenTheProviderThrottles_isSentOnceAsSoonAsItMayBe() {
            delivery = 429;
            String id = upload();
            await("the box has it", A_WHILE, () -> state(id).equals("PROCESSING"));
            result(id);
            await("the box sleeps, whatever becomes of the mail", A_WHILE, () -> app.processorState()
                    .equals("stopped"));
            await("the mail is refused", A_WHILE, () -> app.log("email").contains("TooManyRequestsException"));
            assertThat(mailsTo(id)).isZero();

            delivery = ACCEPTED;

            done(id);
        }

        @Test
        void mail_whenTheProviderRejects_isKeptForAnOperatorWhoSendsItOnce() {
            delivery = 400;
            mostReceives("MailQueue", FEW_RECEIVES);
            long dead = app.messages("MailDeadLetterQueue");
            String id = upload();
            await("the box has it", A_WHILE, () -> state(id).equals("PROCESSING"));
            result(id);
            keptForAnOperator("MailDeadLetterQueue", dead + 1);
            assertThat(state(id)).isEqualTo("DONE");
            assertThat(mailsTo(id)).isZero();
            assertThat(app.log("email")).contains("MessageRejected").doesNotContain(OWNER);

            delivery = ACCEPTED;
            app.redrive("MailDeadLetterQueue", "MailQueue");

            done(id);
        }
    }

    /** Uploads a file of which nothing comes. */
    private static String givenUp(String reason) {
        long dead = app.messages("UploadDeadLetterQueue");
        String id = upload();
        failed(id, reason);
        keptForAnOperator("UploadDeadLetterQueue", dead + 1);
        return id;
    }

    private static void keptForAnOperator(String queue, long events) {
        await("the event is kept for an operator", A_WHILE, () -> app.messages(queue) == events);
    }

    private static void failed(String id, String reason) {
        await("the upload failed", A_WHILE, () -> state(id).equals("FAILED"));
        assertThat(app.get("/uploads/" + id).text("reason")).isEqualTo(reason);
        await("the owner is told", A_WHILE, () -> mailsTo(id) == 1);
        assertThat(mails)
                .filteredOn(mail -> mail.contains(id))
                .singleElement()
                .asString()
                .contains(OWNER, "could not be processed");
        await("the box sleeps", A_WHILE, () -> app.processorState().equals("stopped"));
        app.invoke("process-upload", "{\"source\":\"aws.events\",\"detail-type\":\"Scheduled Event\",\"detail\":{}}");
        await("all events are handled", A_WHILE, () -> app.messages("MailQueue") == 0);
        assertThat(mailsTo(id)).isOne();
    }

    private static void done(String id) {
        await("the upload is done", A_WHILE, () -> state(id).equals("DONE"));
        await("the owner is told", A_WHILE, () -> mailsTo(id) == 1);
        await("the box sleeps", A_WHILE, () -> app.processorState().equals("stopped"));
        assertThat(mailsTo(id)).isOne();
    }

    /** The deliveries after which an event of a file is dead, for the queue and for the function. */
    private static void mostReceivesOfFiles(int most) {
        mostReceives("UploadQueue", most);
        app.setVariable("process-upload", "EVENT_MOST_RECEIVES", Integer.toString(most));
        app.invoke("process-upload", created("warm-up"));
    }

    private static void mostReceives(String queue, int most) {
        app.setQueueAttribute(
                queue,
                QueueAttributeName.REDRIVE_POLICY,
                Json.string(Map.of(
                        "deadLetterTargetArn",
                        app.queueArn(queue.replace("Queue", "DeadLetterQueue")),
                        "maxReceiveCount",
                        Integer.toString(most))));
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

    /** Writes results as the box does. */
    private static void result(String id) {
        app.put("csvs/summary" + id + ".csv", "id_i,id_j\n1,2\n");
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
