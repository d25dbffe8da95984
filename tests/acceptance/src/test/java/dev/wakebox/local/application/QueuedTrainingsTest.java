package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.JOB;
import static dev.wakebox.local.application.RunningApplication.STATUS;
import static dev.wakebox.local.application.RunningApplication.await;
import static dev.wakebox.local.application.RunningApplication.goodRequest;
import static dev.wakebox.local.application.RunningApplication.jobEvent;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.NotificationConfiguration;
import software.amazon.awssdk.services.s3.model.QueueConfiguration;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The queue of the training server, from outside: a stack in which two trainings may wait. */
class QueuedTrainingsTest {
    @TempDir
    static Path directory;

    private static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.startWithOnly(
                "TrainingInstanceId", directory.resolve("run"), Map.of("TrainingQueue", "2"));
        for (String queue : List.of("StartQueue", "StopQueue")) {
            app.setQueueAttribute(queue, QueueAttributeName.VISIBILITY_TIMEOUT, "5");
        }
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @BeforeEach
    void everythingSleeps() {
        app.put(STATUS, "{\"status\":\"sleeping\",\"token\":\"\",\"task_type\":\"\",\"dev_mode\":false}");
        app.signedPost("/stop");
        await("the instance is stopped", A_WHILE, () -> app.instanceState().equals("stopped"));
    }

    /** The event of the first end is lost, and the one of the second end comes twice. */
    @Test
    @InTestAll
    void train_threeTimes_trainsOneAfterTheOtherInOrder_alsoWhenAnEventIsLost() {
        var tokens = new ArrayList<String>();
        List<QueueConfiguration> events = loseEventsOf("ObjectRemoved");
        try {
            tokens.add(app.train().text("token"));
            app.backdate(Duration.ofMinutes(6)); // the reaper believes in a lost event after five minutes
            tokens.add(app.train().text("token"));
            tokens.add(app.train().text("token"));
            await("the first training has ended", A_WHILE, () -> app.object(JOB).isEmpty());
        } finally {
            notify(events);
        }
        await("the reaper begins the second one", A_WHILE, () -> {
            app.sweep();
            return !run(tokens.getFirst()).equals("active");
        });

        await("the second training has ended", A_WHILE, () -> run(tokens.get(1)).equals("ended"));
        app.deliver(
                "StopQueue",
                jobEvent(app.bucket, "ObjectRemoved:Delete", Instant.now().minusSeconds(30)));
        await("the third training has ended", A_WHILE, () -> app.status().equals("sleeping"));

        var entries = Json.object(app.object("inference.json").orElseThrow().getBytes(UTF_8));
        assertThat(entries.keySet()).containsExactlyElementsOf(tokens);
        await("the instance is stopped", A_WHILE, () -> app.instanceState().equals("stopped"));
        assertThat(app.object(STATUS).orElseThrow()).doesNotContain("queue");
        tokens.forEach(token -> assertThat(app.object(waitingOrder(token))).isEmpty());
    }

    /** In dev mode the test is the trainer, which deletes the training order. */
    @Test
    void train_whenTheServerIsBusy_waitsAtItsPlace_andBeginsWhenTheRunsBeforeItHaveEnded() {
        app.put(STATUS, "{\"status\":\"sleeping\",\"dev_mode\":true}");
        assertThat(app.get("/status").json()).containsEntry("queue", Map.of("waiting", 0, "places", 2));
        String first = app.train().text("token");
        var waits = app.train();
        assertThat(waits.status()).isEqualTo(200);
        assertThat(waits.json())
                .containsEntry("result", "success")
                .containsEntry("queued", true)
                .containsEntry("place", 1);
        String second = waits.text("token");
        String third = trainByForm();
        var full = app.train();
        assertThat(full.status()).isEqualTo(409);
        assertThat(full.text("message")).startsWith("Server is busy, and 2 trainings wait");
        assertThat(app.get("/status?token=" + third).json())
                .containsEntry("status", "active")
                .containsEntry("run", "queued")
                .containsEntry("place", 2);
        assertThat(app.object(JOB).orElseThrow()).contains(first);
        assertThat(app.object(waitingOrder(third)).orElseThrow()).contains(third);

        Instant end = Instant.now();
        app.delete(JOB);
        await("the second training has its order", A_WHILE, () -> app.object(JOB)
                .filter(order -> order.contains(second))
                .isPresent());
        app.deliver("StopQueue", jobEvent(app.bucket, "ObjectRemoved:Delete", end));
        await("all events are handled", A_WHILE, () -> app.messages("StopQueue") == 0);
        assertThat(run(first)).isEqualTo("ended");
        assertThat(run(second)).isEqualTo("active");
        assertThat(run(third)).isEqualTo("queued");
        assertThat(app.object(waitingOrder(second))).isEmpty();

        List<QueueConfiguration> events = loseEventsOf("ObjectRemoved");
        try {
            app.delete(JOB);
            app.backdate(Duration.ofMinutes(6));
            assertThat(app.sweep()).containsEntry("action", "end-run");
        } finally {
            notify(events);
        }
        assertThat(run(second)).isEqualTo("ended");
        assertThat(run(third)).isEqualTo("active");
        assertThat(app.object(JOB).orElseThrow()).contains(third);

        app.delete(JOB);
        await("the server sleeps", A_WHILE, () -> app.status().equals("sleeping"));
        assertThat(app.instanceState()).isEqualTo("stopped");
    }

    @Test
    void stop_ofATrainingThatWaits_takesItOutOfTheQueue() {
        app.put(STATUS, "{\"status\":\"sleeping\",\"dev_mode\":true}");
        String first = app.train().text("token");
        String second = app.train().text("token");
        String third = app.train().text("token");

        assertThat(app.signedPost("/stop", Json.string(Map.of("token", second))).text("message"))
                .isEqualTo("Training " + second + " waits no more.");
        assertThat(run(second)).isEqualTo("ended");
        assertThat(app.object(waitingOrder(second))).isEmpty();
        assertThat(app.signedPost("/stop", Json.string(Map.of("token", second))).status())
                .isEqualTo(404);
        assertThat(app.get("/status?token=" + third).json()).containsEntry("place", 1);

        assertThat(app.signedPost("/stop").text("message")).endsWith("Next training: " + third + ".");
        assertThat(run(first)).isEqualTo("ended");
        assertThat(app.object(JOB).orElseThrow()).contains(third);
    }

    private static String trainByForm() {
        var answer = app.post(
                "/train",
                "--x\r\nContent-Disposition: form-data; name=\"training_data\"\r\n\r\n" + Json.string(goodRequest())
                        + "\r\n--x--\r\n",
                "content-type",
                "multipart/form-data; boundary=x");
        assertThat(answer.text("result")).isEqualTo("success");
        return answer.text("token");
    }

    private static String run(String token) {
        return app.get("/status?token=" + token).text("run");
    }

    private static String waitingOrder(String token) {
        return "training/queue/" + token + ".json";
    }

    /** Until these are given to {@link #notify}, S3 sends no events of this kind. */
    private static List<QueueConfiguration> loseEventsOf(String kind) {
        var all = app.s3
                .getBucketNotificationConfiguration(request -> request.bucket(app.bucket))
                .queueConfigurations();
        notify(all.stream()
                .filter(queue -> !queue.eventsAsStrings().getFirst().contains(kind))
                .toList());
        return all;
    }

    private static void notify(List<QueueConfiguration> events) {
        app.s3.putBucketNotificationConfiguration(request -> request.bucket(app.bucket)
                .notificationConfiguration(NotificationConfiguration.builder()
                        .queueConfigurations(events)
                        .build()));
    }
}
