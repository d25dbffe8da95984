package dev.wakebox.functions.train;

import static dev.wakebox.functions.train.Requests.images;
import static dev.wakebox.functions.train.Requests.stored;
import static dev.wakebox.functions.train.Requests.text;
import static dev.wakebox.functions.train.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import dev.wakebox.storage.StoredObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingStartTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private static final String INSTANCE = "i-0123456789abcdef0";
    private final WakeboxException down = new WakeboxException(ErrorCode.UNAVAILABLE, "S3 could not be reached.");

    private final InMemoryObjectStore objects = new InMemoryObjectStore(CLOCK);
    private final InMemoryInstances instances = new InMemoryInstances(CLOCK);

    @BeforeEach
    void theInstanceSleeps() {
        instances.set(INSTANCE, InstanceState.STOPPED);
    }

    @Test
    void begin_whenSleeping_claimsAndHandsOver() {
        String token = begin(text());

        assertThat(token).matches("textclassification-my_task-[a-z0-9]{5}");
        assertThat(json("status.json"))
                .isEqualTo(Map.of(
                        "status", "active",
                        "token", token,
                        "task_type", "textclassification",
                        "dev_mode", false,
                        "since", "2026-11-22T12:00:00Z"));
        assertThat(json(TrainingJobFile.KEY))
                .isEqualTo(Map.ofEntries(
                        Map.entry("token", token),
                        Map.entry("task_type", "textclassification"),
                        Map.entry("num_classes", 2),
                        Map.entry("optimizer", "adam"),
                        Map.entry("learning_rate", 0.001),
                        Map.entry("batch_size", 16),
                        Map.entry("epochs", 3),
                        Map.entry("data_split", "70 : 30"),
                        Map.entry("dataset", Requests.base64(Requests.CSV)),
                        Map.entry("model", "bert"),
                        Map.entry("reduce_lr_on_plateau", Map.of("factor", 0.5, "patience", 2, "min_lr", 0.0001)),
                        Map.entry("step_lr", Map.of("step_size", 4, "gamma", 0.1)),
                        Map.entry("pretrain_dataset", "scratch")));
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void begin_whenOptionsAreOffAndImagesAreSent_writesThemAsTheContractSays() {
        begin(with(with(images(), "reduceLrOnPlateau", false), "stepLr", false));

        assertThat(json(TrainingJobFile.KEY))
                .containsEntry("task_type", "imageclassification")
                .containsEntry("num_classes", 2)
                .containsEntry("reduce_lr_on_plateau", false)
                .containsEntry("step_lr", false)
                .containsEntry("dataset", Requests.classes(2, 10));
    }

    @Test
    void begin_whenTheTaskTypeIsTheOlderOne_writesTheNewerOneEverywhere() {
        assertThat(begin(with(text(), "taskType", "SentimentAnalysis"))).startsWith("textclassification-my_task-");
        assertThat(json(TrainingJobFile.KEY)).containsEntry("task_type", "textclassification");
        assertThat(json("status.json")).containsEntry("task_type", "textclassification");
    }

    @Test
    void begin_whenTheTaskNameHasSeveralBlanks_putsOneUnderscoreForThem() {
        assertThat(begin(with(text(), "taskName", " my  other task ")))
                .matches("textclassification-my_other_task-.{5}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFFlabel;note; Input\r\n greeting ;x;\"hello; you\"\r\n;;\r\nfarewell;NA;\"see, you\"\r\n",
                "sep=\t\r\nINPUT\tLABEL\r\nhello; you\tgreeting\r\nNA\tgreeting\r\nsee, you\tfarewell\r\n",
            })
    void begin_whenTheCsvIsOfAnotherKind_handsOverTheRowsThatCountInTheUsualForm(String csv) {
        begin(with(text(), "dataset", Requests.base64(csv)));

        assertThat(json(TrainingJobFile.KEY))
                .containsEntry("num_classes", 2)
                .containsEntry("left_out_rows", 1)
                .containsEntry("dataset", Requests.base64("input,label\nhello; you,greeting\n\"see, you\",farewell\n"));
    }

    @Test
    void begin_whenTheRecordHasOtherKeys_keepsThem() {
        put("status.json", "{\"status\":\"sleeping\",\"dev_mode\":true,\"colour\":{\"of\":\"sky\"}}");

        begin(text());

        assertThat(json("status.json"))
                .containsEntry("status", "active")
                .containsEntry("dev_mode", true)
                .containsEntry("colour", Map.of("of", "sky"));
    }

    @Test
    void begin_whenActive_isBusy() {
        begin(text());
        Map<String, @Nullable Object> before = json(TrainingJobFile.KEY);

        refuses(ErrorCode.CONFLICT, "Server is busy.", text());
        assertThat(json(TrainingJobFile.KEY)).isEqualTo(before);
    }

    @Test
    void begin_whenStopping_asksToTryAgain() {
        instances.set(INSTANCE, InstanceState.STOPPING);
        put("status.json", "{\"status\":\"active\"}");

        refuses(
                ErrorCode.CONFLICT,
                "Server is currently training another model, please check back in 5 minutes.",
                text());
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"PENDING", "RUNNING", "STOPPED"})
    void begin_whenTheInstanceCanRun_claims(InstanceState state) {
        instances.set(INSTANCE, state);

        assertThat(begin(text())).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"SHUTTING_DOWN", "TERMINATED"})
    void begin_whenTheInstanceIsGone_failsAndClaimsNothing(InstanceState state) {
        instances.set(INSTANCE, state);

        refuses(ErrorCode.INTERNAL, "The training instance was terminated; check TRAINING_INSTANCE_ID.", text());
        assertThat(objects.head("status.json")).isEmpty();
    }

    @Test
    void begin_whenTheInstanceIsUnknown_failsAndClaimsNothing() {
        var training = new TrainingStart(objects, new InMemoryInstances(CLOCK), INSTANCE, names(new Random(1)), CLOCK);

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> training.begin(TrainingRequest.parse(JsonObject.copyOf(text()))))
                .withMessage("The training instance does not exist; check TRAINING_INSTANCE_ID.");
        assertThat(objects.head("status.json")).isEmpty();
    }

    @Test
    void begin_whenTheTokenIsTaken_makesAnother() {
        // Each letter uses one number: five zeros, another five zeros, then five ones.
        var numbers = List.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1).iterator();
        RandomGenerator random = scripted(numbers::next);
        put("inference.json", "{\"textclassification-my_task-aaaaa\":{}}");

        assertThat(training(objects, random)
                        .begin(TrainingRequest.parse(JsonObject.copyOf(text())))
                        .token())
                .isEqualTo("textclassification-my_task-bbbbb");
    }

    @Test
    void begin_whenNoTokenIsFree_isUnavailable() {
        put("inference.json", "{\"textclassification-my_task-aaaaa\":{}}");

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() ->
                        training(objects, scripted(() -> 0)).begin(TrainingRequest.parse(JsonObject.copyOf(text()))))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(objects.head("status.json")).isEmpty();
    }

    @Test
    void begin_whenTheJobCannotBeStored_undoesTheClaim() {
        put("status.json", "{\"status\":\"sleeping\",\"colour\":\"blue\"}");
        objects.failOn("put", TrainingJobFile.KEY, down);

        refuses(ErrorCode.INTERNAL, "The job could not be stored, so nothing was started; try again later.", text());
        assertThat(json("status.json"))
                .containsEntry("status", "sleeping")
                .containsEntry("token", "")
                .containsEntry("colour", "blue");
    }

    @Test
    void begin_whenTheClaimCannotBeUndoneEither_saysSo() {
        var store = new Forwarding(objects) {
            private boolean claimed;

            @Override
            public String put(String key, byte[] body, String contentType, Condition condition) {
                if (claimed) {
                    throw new WakeboxException(ErrorCode.UNAVAILABLE, "S3 could not be reached.");
                }
                claimed = true;
                return super.put(key, body, contentType, condition);
            }
        };

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(
                        () -> training(store, new Random(1)).begin(TrainingRequest.parse(JsonObject.copyOf(text()))))
                .withMessageContaining("the claim could not be undone")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
    }

    @Test
    void begin_whenAnOrderWasLeftBehind_replacesIt() {
        put(TrainingJobFile.KEY, "{\"token\":\"left behind\"}");

        String token = begin(text());

        assertThat(json(TrainingJobFile.KEY)).containsEntry("token", token);
    }

    @Test
    void begin_whenItsOwnRetriedWriteOfTheOrderMeetsItsFirst_handsOver() {
        var store = new Forwarding(objects) {
            @Override
            public String put(String key, byte[] body, String contentType, Condition condition) {
                if (condition instanceof Condition.Absent && key.equals(TrainingJobFile.KEY)) {
                    super.put(key, body, contentType, condition);
                }
                return super.put(key, body, contentType, condition);
            }
        };

        String token = training(store, new Random(1))
                .begin(TrainingRequest.parse(JsonObject.copyOf(text())))
                .token();

        assertThat(json(TrainingJobFile.KEY)).containsEntry("token", token);
        assertThat(json("status.json")).containsEntry("status", "active").containsEntry("token", token);
    }

    @Test
    void begin_whenItWasStoppedAndAnotherRunHasBegun_leavesTheOthersOrder() {
        var store = new Forwarding(objects) {
            @Override
            public String put(String key, byte[] body, String contentType, Condition condition) {
                if (key.equals(TrainingJobFile.KEY)) {
                    TrainingStartTest.this.put("status.json", "{\"status\":\"active\",\"token\":\"another\"}");
                    TrainingStartTest.this.put(TrainingJobFile.KEY, "{\"token\":\"another\"}");
                }
                return super.put(key, body, contentType, condition);
            }
        };

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(
                        () -> training(store, new Random(1)).begin(TrainingRequest.parse(JsonObject.copyOf(text()))))
                .withMessage("Server is busy.")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThat(json(TrainingJobFile.KEY)).containsEntry("token", "another");
        assertThat(json("status.json")).containsEntry("status", "active").containsEntry("token", "another");
    }

    @Test
    void begin_whenTheJobCannotBeStoredAndAnotherHasTheServer_leavesTheOther() {
        var store = new Forwarding(objects) {
            @Override
            public String put(String key, byte[] body, String contentType, Condition condition) {
                if (key.equals(TrainingJobFile.KEY)) {
                    TrainingStartTest.this.put("status.json", "{\"status\":\"active\",\"token\":\"another\"}");
                    throw down;
                }
                return super.put(key, body, contentType, condition);
            }
        };

        assertThatExceptionOfType(WakeboxException.class).isThrownBy(() -> training(store, new Random(1))
                .begin(TrainingRequest.parse(JsonObject.copyOf(text()))));
        assertThat(json("status.json")).containsEntry("status", "active").containsEntry("token", "another");
    }

    @Test
    void begin_whenAnotherClaimsInBetween_isBusy() {
        var store = racing(() -> put("status.json", "{\"status\":\"active\",\"token\":\"another\"}"), 1);

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(
                        () -> training(store, new Random(1)).begin(TrainingRequest.parse(JsonObject.copyOf(text()))))
                .withMessage("Server is busy.");
        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
    }

    @Test
    void begin_whenTheRecordChangesButStaysFree_triesAgain() {
        var store = racing(() -> put("status.json", "{\"status\":\"sleeping\",\"dev_mode\":true}"), 3);

        assertThat(training(store, new Random(1))
                        .begin(TrainingRequest.parse(JsonObject.copyOf(text())))
                        .token())
                .isNotEmpty();
        assertThat(json("status.json")).containsEntry("status", "active").containsEntry("dev_mode", true);
    }

    @Test
    void begin_whenTheRecordKeepsChanging_givesUp() {
        var store = racing(() -> put("status.json", "{\"status\":\"sleeping\"}"), Integer.MAX_VALUE);

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(
                        () -> training(store, new Random(1)).begin(TrainingRequest.parse(JsonObject.copyOf(text()))))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void begin_whenItsOwnRetriedWriteMeetsItsFirst_hasWon() {
        var store = new Forwarding(objects) {
            @Override
            public String put(String key, byte[] body, String contentType, Condition condition) {
                String etag = super.put(key, body, contentType, condition);
                if (key.equals("status.json")) {
                    throw new PreconditionFailedException(key);
                }
                return etag;
            }
        };

        String token = training(store, new Random(1))
                .begin(TrainingRequest.parse(JsonObject.copyOf(text())))
                .token();

        assertThat(json("status.json")).containsEntry("token", token);
        assertThat(json(TrainingJobFile.KEY)).containsEntry("token", token);
    }

    @Test
    void begin_whenFiftyAskAtOnce_oneWins() throws InterruptedException, ExecutionException {
        var training = training(objects, RandomGenerator.of("L64X128MixRandom"));
        var request = TrainingRequest.parse(JsonObject.copyOf(text()));
        for (int round = 0; round < 50; round++) {
            put("status.json", "{\"status\":\"sleeping\"}");
            var outcomes = new ArrayList<String>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Callable<String> one = () -> {
                    try {
                        return training.begin(request).token();
                    } catch (WakeboxException e) {
                        return String.valueOf(e.getMessage());
                    }
                };
                for (Future<String> outcome : threads.invokeAll(Collections.nCopies(50, one))) {
                    outcomes.add(outcome.get());
                }
            }
            assertThat(outcomes.stream().filter("Server is busy."::equals)).hasSize(49);
            String winner = outcomes.stream()
                    .filter(outcome -> !outcome.equals("Server is busy."))
                    .findFirst()
                    .orElseThrow();
            assertThat(json("status.json")).containsEntry("token", winner);
            assertThat(json(TrainingJobFile.KEY)).containsEntry("token", winner);
        }
    }

    @Test
    void begin_whenTheDatasetIsStored_checksItAndPassesItsKey() {
        put("datasets/a.csv", "\uFEFFinput,label\nhello,a\nbye,b\nnever mind,c\n");

        begin(stored("datasets/a.csv"));

        assertThat(json(TrainingJobFile.KEY))
                .containsEntry("dataset_key", "datasets/a.csv")
                .containsEntry("num_classes", 3)
                .doesNotContainKey("dataset");
    }

    @Test
    void begin_whenStoredImagesAreSent_checksThem() {
        objects.put("datasets/a.json", Json.bytes(Requests.classes(3, 10)), "application/json", new Condition.Always());

        begin(with(stored("datasets/a.json"), "taskType", "imageClassification"));

        assertThat(json(TrainingJobFile.KEY)).containsEntry("num_classes", 3);
    }

    @Test
    void begin_whenTheStoredDatasetIsUnfit_refusesAndTouchesNothing() {
        put("datasets/bad.csv", "input,label\nhello,a\n");
        put("datasets/bad.json", "{\"cat\":");
        put("datasets/list.json", "[]");

        var missing = "There is no dataset \"datasets/none.csv\"; upload it to the URL of POST /datasets first.";
        assertThat(refuses(ErrorCode.INVALID_REQUEST, missing, stored("datasets/none.csv"))
                        .field())
                .isEqualTo("datasetKey");
        var oneClass = "The dataset should contain a minimum of two classes";
        assertThat(refuses(ErrorCode.INVALID_REQUEST, oneClass, stored("datasets/bad.csv"))
                        .field())
                .isEqualTo("dataset");
        for (String key : List.of("datasets/bad.json", "datasets/list.json", "datasets/bad.csv")) {
            assertThatExceptionOfType(WakeboxException.class)
                    .isThrownBy(() -> begin(with(stored(key), "taskType", "imageClassification")))
                    .withMessageStartingWith("The dataset cannot be read: The JSON")
                    .satisfies(e -> assertThat(e.field()).isEqualTo("dataset"));
        }
        assertThat(objects.head("status.json")).isEmpty();
        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
    }

    @Test
    void begin_whenTheStoredDatasetIsTooBig_refusesWithoutReadingIt() {
        var store = new Forwarding(objects) {
            @Override
            public Optional<ObjectInfo> head(String key) {
                return Optional.of(new ObjectInfo(67_108_865, "\"1\"", CLOCK.instant()));
            }

            @Override
            public Optional<StoredObject> get(String key) {
                throw new AssertionError("read " + key);
            }
        };

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> training(store, new Random(1))
                        .begin(TrainingRequest.parse(JsonObject.copyOf(stored("datasets/big.csv")))))
                .withMessage("The dataset has 67108865 bytes; it may have 67108864 (64 MB).")
                .satisfies(e -> assertThat(e.field()).isEqualTo("datasetKey"));
    }

    @Test
    void begin_whenAnythingCannotBeRead_touchesNothing() {
        put("datasets/a.csv", Requests.CSV);
        for (String failing :
                List.of("get status.json", "get inference.json", "head datasets/a.csv", "get datasets/a.csv")) {
            var store = new InMemoryObjectStore(CLOCK);
            store.put("datasets/a.csv", bytes(Requests.CSV), "text/csv", new Condition.Always());
            List<String> parts = Arrays.asList(failing.split(" ", -1));
            store.failOn(parts.getFirst(), parts.getLast(), down);

            assertThatExceptionOfType(WakeboxException.class)
                    .as(failing)
                    .isThrownBy(() -> training(store, new Random(1))
                            .begin(TrainingRequest.parse(JsonObject.copyOf(stored("datasets/a.csv")))))
                    .isSameAs(down);
            assertThat(store.head("status.json")).as(failing).isEmpty();
        }
        put("status.json", "{\"status\":\"sleeping\"}");
        put("inference.json", "not json");
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> begin(text()))
                .withMessageStartingWith("inference.json in the bucket cannot be understood:")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
        assertThat(json("status.json")).isEqualTo(Map.of("status", "sleeping"));
    }

    private String begin(Map<String, @Nullable Object> body) {
        return training(objects, new Random(1))
                .begin(TrainingRequest.parse(JsonObject.copyOf(body)))
                .token();
    }

    private WakeboxException refuses(ErrorCode code, String message, Map<String, @Nullable Object> body) {
        var refusal = catchThrowableOfType(WakeboxException.class, () -> begin(body));
        assertThat(refusal).hasMessage(message);
        assertThat(refusal.code()).isEqualTo(code);
        return refusal;
    }

    private TrainingStart training(ObjectStore store, RandomGenerator random) {
        return new TrainingStart(store, instances, INSTANCE, names(random), CLOCK);
    }

    private static RandomNames names(RandomGenerator random) {
        return new RandomNames(random);
    }

    /** A random source that yields these bounded numbers. */
    private static RandomGenerator scripted(IntSupplier numbers) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int nextInt(int origin, int bound) {
                return numbers.getAsInt();
            }
        };
    }

    /** A store on which another writer changes the status just before each of the first writes. */
    private ObjectStore racing(Runnable somebodyElse, int times) {
        return new Forwarding(objects) {
            private int left = times;

            @Override
            public String put(String key, byte[] body, String contentType, Condition condition) {
                if (key.equals("status.json") && left-- > 0) {
                    somebodyElse.run();
                }
                return super.put(key, body, contentType, condition);
            }
        };
    }

    private void put(String key, String json) {
        objects.put(key, bytes(json), "application/json", new Condition.Always());
    }

    private Map<String, @Nullable Object> json(String key) {
        return Json.object(objects.get(key).orElseThrow().body());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A store of which a test overrides one operation. */
    private static class Forwarding implements ObjectStore {
        private final ObjectStore objects;

        Forwarding(ObjectStore objects) {
            this.objects = objects;
        }

        @Override
        public Optional<StoredObject> get(String key) {
            return objects.get(key);
        }

        @Override
        public Optional<ObjectInfo> head(String key) {
            return objects.head(key);
        }

        @Override
        public String put(String key, byte[] body, String contentType, Condition condition) {
            return objects.put(key, body, contentType, condition);
        }

        @Override
        public void delete(String key) {
            objects.delete(key);
        }

        @Override
        public void delete(String key, Condition.Unchanged condition) {
            objects.delete(key, condition);
        }
    }
}
