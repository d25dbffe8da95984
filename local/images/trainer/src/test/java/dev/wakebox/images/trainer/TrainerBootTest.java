package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TrainerBootTest {
    private static final Encoder ENCODER = Encoder.open();
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final String MODEL_KEY = "models/" + Requests.TOKEN + "/model.json";
    private static final String METADATA_KEY = "models/" + Requests.TOKEN + "/metadata.json";

    private final InMemoryObjectStore objects = new InMemoryObjectStore(Clock.fixed(NOON, ZoneOffset.UTC));
    private final ForwardingStore store = new ForwardingStore(objects);
    private final List<String> console = new ArrayList<>();
    private Consumer<String> onLine = _ -> {};
    private Instant now = NOON;
    private Runnable onPause = () -> {};

    @Test
    void run_whenARunIsAskedFor_writesModelThenEntryThenDeletesTheRequest() throws InterruptedException {
        ask(Json.bytes(Requests.valid()));

        run(TrainerFault.NONE);

        assertThat(store.changes())
                .containsExactly(
                        "put " + MODEL_KEY,
                        "put " + METADATA_KEY,
                        "put inference.json",
                        "delete training/training.json");
        assertThat(json("inference.json").get(Requests.TOKEN))
                .asInstanceOf(MAP)
                .containsEntry("task_type", "textclassification")
                .containsEntry("task_name", "my task")
                .containsEntry("model_filename", MODEL_KEY)
                .containsEntry("metadata_filename", METADATA_KEY)
                .containsEntry("model_key", MODEL_KEY)
                .containsEntry("downloadable", false)
                .containsEntry("created", "22-11-26 12:00")
                .containsEntry("repeated_rows", 0)
                .containsEntry("left_out_rows", 0)
                .containsEntry("labels", List.of("delivery", "password", "refund"))
                .containsEntry("accuracy", 1.0)
                .containsEntry("trained_at", "2026-11-22T12:00:00Z")
                .containsEntry("train_rows", 42)
                .containsEntry("held_out_rows", 18)
                .containsEntry("seconds", 0.0);
        assertThat(json(MODEL_KEY)).containsEntry("token", Requests.TOKEN);
        assertThat(console)
                .contains("60 rows of 3 labels: 42 to learn from, 18 held out")
                .contains("held-out accuracy 100.0 % after 0.0 s")
                .endsWith("deleted training/training.json: done");
        assertThat(console).filteredOn(line -> line.startsWith("epoch ")).hasSize(6);
    }

    @Test
    void run_whenItHasEnded_tellsTheAccuracyOfEachEpochAndDrawsIt() throws Exception {
        ask(Json.bytes(Requests.valid()));

        run(TrainerFault.NONE);

        assertThat(json(METADATA_KEY))
                .containsEntry("optimizer", "adam")
                .extractingByKey("epochs")
                .asInstanceOf(LIST)
                .hasSize(6)
                .last(MAP)
                .containsEntry("epoch", 6)
                .containsEntry("held_out_accuracy", 1.0);
        assertThat(json("inference.json").get(Requests.TOKEN))
                .asInstanceOf(MAP)
                .extractingByKey("accuracy_plot", STRING)
                .satisfies(plot -> {
                    byte[] jpeg = Base64.getDecoder().decode(plot);
                    assertThat(jpeg).startsWith(0xFF, 0xD8, 0xFF);
                    assertThat(ImageIO.read(new ByteArrayInputStream(jpeg)).getWidth())
                            .isEqualTo(700);
                });
    }

    @Test
    void run_whenRowsAreRepeatedOrLeftOut_tellsHowMany() throws InterruptedException {
        var fields = Requests.valid();
        String csv = Requests.csv() + "please REFUND my money for order 7,refund\n,refund\nhello,NA\n";
        fields.put("dataset", Base64.getEncoder().encodeToString(csv.getBytes(StandardCharsets.UTF_8)));
        fields.put("left_out_rows", 2);
        ask(Json.bytes(fields));

        run(TrainerFault.NONE);

        assertThat(console)
                .contains("1 rows repeat an earlier one; copies are on the same side of the split")
                .contains("4 rows are left out: they have no input or no label");
        assertThat(json("inference.json").get(Requests.TOKEN))
                .asInstanceOf(MAP)
                .containsEntry("repeated_rows", 1)
                .containsEntry("left_out_rows", 4);
    }

    @Test
    void run_whenTheTaskIsAboutImages_learnsThem() throws InterruptedException {
        ask(Json.bytes(Requests.images()));

        run(TrainerFault.NONE);

        assertThat(json("inference.json").get(Requests.TOKEN))
                .asInstanceOf(MAP)
                .containsEntry("task_type", "imageclassification")
                .containsEntry("model_filename", MODEL_KEY)
                .containsEntry("labels", List.of("disc", "square"))
                .containsEntry("classes", List.of("disc", "square"))
                .containsEntry("accuracy", 100.0)
                .containsEntry("train_rows", 17)
                .containsEntry("held_out_rows", 7);
        assertThat(json(MODEL_KEY))
                .containsEntry("format", "wakebox-picture-linear-1")
                .containsKeys("mean", "deviation", "labels", "weights");
        assertThat(console).endsWith("deleted training/training.json: done");
    }

    @Test
    void run_whenTheImagesAreAnObjectAndSomeAreBroken_leavesThoseOut() throws InterruptedException {
        var fields = Requests.images();
        var pictures = Requests.pictures(12);
        pictures.put(
                "square",
                List.of("bm90IGFuIGltYWdl", "***", Base64.getEncoder().encodeToString(Requests.picture("square", 1))));
        put("datasets/a.json", Json.bytes(pictures));
        fields.remove("dataset");
        fields.put("dataset_key", "datasets/a.json");
        ask(Json.bytes(fields));

        run(TrainerFault.NONE);

        assertThat(console).contains("2 images are left out: they cannot be decoded");
        assertThat(json("inference.json").get(Requests.TOKEN)).asInstanceOf(MAP).containsEntry("left_out_rows", 2);
    }

    @Test
    void run_whenTheDatasetIsOfTheOtherTask_failsAndLeavesTheRequest() {
        ask(Requests.with("task_type", "imageclassification"));
        assertFailsAndLeavesTheRequest("The dataset cannot be used. It is not an object of lists.");

        ask(Requests.with("dataset", Requests.pictures(3)));
        assertFailsAndLeavesTheRequest("The dataset cannot be used. It is not a CSV.");
    }

    @Test
    void run_whenTheDatasetIsAnObject_readsItAndLeavesIt() throws InterruptedException {
        var fields = Requests.valid();
        fields.remove("dataset");
        fields.put("dataset_key", "uploads/a.csv");
        put("uploads/a.csv", Requests.csv().getBytes(StandardCharsets.UTF_8));
        ask(Json.bytes(fields));

        run(TrainerFault.NONE);

        assertThat(objects.get(MODEL_KEY)).isPresent();
        assertThat(objects.get("uploads/a.csv")).isPresent();
    }

    @Test
    void run_whenTheRequestComesLate_waitsForIt() throws InterruptedException {
        onPause = () -> {
            if (now.equals(NOON.plusSeconds(59))) {
                ask(Json.bytes(Requests.valid()));
            }
        };

        run(TrainerFault.NONE);

        assertThat(console).endsWith("deleted training/training.json: done");
    }

    @Test
    void run_whenNoRequestComes_givesUpAfterAMinute() throws InterruptedException {
        run(TrainerFault.NONE);

        assertThat(now).isEqualTo(NOON.plusSeconds(60));
        assertThat(console).endsWith("no training/training.json within 60 seconds: nothing to do");
        assertThat(store.changes()).isEmpty();
    }

    @Test
    void run_whenTheOptimizerIsUnknown_saysThatAdamTakesItsPlace() throws InterruptedException {
        ask(Requests.with("optimizer", "lion"));

        run(TrainerFault.NONE);

        assertThat(console).contains("there is no optimizer \"lion\" here: adam takes its place");
        assertThat(objects.get(MODEL_KEY)).isPresent();
    }

    @Test
    void run_whenNoRowCanBeHeldOut_leavesTheAccuracyOpen() throws InterruptedException {
        ask(Requests.with("dataset", "aW5wdXQsbGFiZWwKeCxhCnksYgo=")); // one row each of two labels

        run(TrainerFault.NONE);

        assertThat(console).contains("held-out accuracy not measured after 0.0 s");
        assertThat(json("inference.json").get(Requests.TOKEN))
                .asInstanceOf(MAP)
                .containsEntry("accuracy", null)
                .containsEntry("held_out_rows", 0);
    }

    @Test
    void run_whenTheRequestIsGoneAfterTraining_writesNothing() throws InterruptedException {
        ask(Json.bytes(Requests.valid()));
        onLine = line -> {
            if (line.startsWith("epoch  3/6")) {
                objects.delete(TrainingSettings.KEY);
            }
        };

        run(TrainerFault.NONE);

        assertThat(store.changes()).isEmpty();
        assertThat(console)
                .endsWith("training/training.json is not of this run any more: cancelled, the bucket is left as it is");
    }

    @Test
    void run_whenAnotherRunsRequestIsThereBeforeTheDelete_leavesIt() throws InterruptedException {
        ask(Json.bytes(Requests.valid()));
        byte[] next = Requests.with("token", "textclassification-next-aaaaa");
        onLine = line -> {
            if (line.startsWith("wrote the entry")) {
                ask(next);
            }
        };

        run(TrainerFault.NONE);

        assertThat(objects.get(TrainingSettings.KEY).orElseThrow().body()).isEqualTo(next);
        assertThat(store.changes()).doesNotContain("delete training/training.json");
    }

    @Test
    void run_whenTheRequestIsMalformed_failsAndLeavesIt() {
        ask("[]".getBytes(StandardCharsets.UTF_8));

        assertFailsAndLeavesTheRequest("training/training.json cannot be used: The JSON is not an object");
    }

    @Test
    void run_whenTheDatasetIsNotBase64_failsAndLeavesTheRequest() {
        ask(Requests.with("dataset", "input,label"));

        assertFailsAndLeavesTheRequest("The dataset cannot be used. It is not valid base64.");
    }

    @Test
    void run_whenTheDatasetsObjectIsMissing_failsAndLeavesTheRequest() {
        var fields = Requests.valid();
        fields.remove("dataset");
        fields.put("dataset_key", "uploads/a.csv");
        ask(Json.bytes(fields));

        assertFailsAndLeavesTheRequest(
                "The dataset cannot be used. There is no object \"uploads/a.csv\" in the bucket.");
    }

    @Test
    void run_whenTheModelCannotBeWritten_failsBeforeTheEntry() {
        ask(Json.bytes(Requests.valid()));
        objects.failOn("put", MODEL_KEY, new WakeboxException(ErrorCode.INTERNAL, "AccessDenied"));

        assertFailsAndLeavesTheRequest("AccessDenied");
    }

    @Test
    void run_whenItTakesLong_beatsEveryHalfMinute() throws InterruptedException {
        ask(Json.bytes(Requests.valid()));
        onLine = line -> {
            if (line.startsWith("epoch ")) {
                now = now.plusSeconds(20);
            }
        };

        run(TrainerFault.NONE);

        long epochs = console.stream().filter(line -> line.startsWith("epoch ")).count();
        assertThat(store.heartbeats()).isBetween(epochs / 2, 1 + epochs * 2 / 3).isGreaterThan(1);
    }

    @Test
    void run_whenOrderedToCrash_failsAfterTheFirstEpoch() {
        ask(Json.bytes(Requests.valid()));

        assertThatThrownBy(() -> run(TrainerFault.CRASH)).hasMessageStartingWith("TRAINER_FAULT=crash");

        assertThat(console).filteredOn(line -> line.startsWith("epoch ")).hasSize(1);
        assertThat(objects.get(TrainingSettings.KEY)).isPresent();
    }

    @Test
    @Timeout(30)
    void run_whenOrderedToHang_neverEnds() throws InterruptedException {
        ask(Json.bytes(Requests.valid()));
        var hanging = new CountDownLatch(1);
        onLine = line -> {
            if (line.startsWith("TRAINER_FAULT=hang")) {
                hanging.countDown();
            }
        };
        var run = new FutureTask<>(() -> {
            run(TrainerFault.HANG);
            return "ended";
        });
        Thread thread = Thread.startVirtualThread(run);

        hanging.await();
        assertThat(store.heartbeats()).as("its work beats, no timer").isEqualTo(1);
        assertThatThrownBy(() -> run.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(store.changes()).isEmpty();

        run.cancel(true);
        thread.join();
    }

    private void assertFailsAndLeavesTheRequest(String message) {
        assertThatThrownBy(() -> run(TrainerFault.NONE))
                .isInstanceOf(WakeboxException.class)
                .hasMessageStartingWith(message);
        assertThat(store.changes()).isEmpty();
        assertThat(objects.get(TrainingSettings.KEY)).isPresent();
    }

    private void run(TrainerFault fault) throws InterruptedException {
        var clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
        Consumer<String> lines = line -> {
            console.add(line);
            onLine.accept(line);
        };
        TrainerBoot.Pause pause = duration -> {
            now = now.plus(duration);
            onPause.run();
        };
        new TrainerBoot(store, ENCODER, clock, pause, lines, fault, 1).run();
    }

    private void ask(byte[] request) {
        put(TrainingSettings.KEY, request);
    }

    private void put(String key, byte[] body) {
        objects.put(key, body, "application/octet-stream", new Condition.Always());
    }

    private Map<String, @Nullable Object> json(String key) {
        return Json.object(objects.get(key).orElseThrow().body());
    }
}
