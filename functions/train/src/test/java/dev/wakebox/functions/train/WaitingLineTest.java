package dev.wakebox.functions.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.status.WaitingTraining;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaitingLineTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private static final String INSTANCE = "i-0123456789abcdef0";

    private final InMemoryObjectStore objects = new InMemoryObjectStore(CLOCK);
    private final InMemoryInstances instances = new InMemoryInstances(CLOCK);
    private final StatusStore statuses = new StatusStore(objects, CLOCK);

    @BeforeEach
    void theInstanceSleeps() {
        instances.set(INSTANCE, InstanceState.STOPPED);
    }

    @Test
    void begin_whenARunHasTheServer_waitsWithItsOrderUntilTheQueueIsFull() {
        TrainingStart training = training(2);
        var first = training.begin(request());
        var second = training.begin(request());
        var third = training.begin(request());

        assertThat(first.place()).isZero();
        assertThat(second.place()).isEqualTo(1);
        assertThat(third.place()).isEqualTo(2);
        assertThat(statuses.read().status().waiting())
                .containsExactly(
                        new WaitingTraining(second.token(), "textclassification", CLOCK.instant()),
                        new WaitingTraining(third.token(), "textclassification", CLOCK.instant()));
        assertThat(token(TrainingJobFile.KEY)).isEqualTo(first.token());
        assertThat(token("training/queue/" + third.token() + ".json")).isEqualTo(third.token());
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> training.begin(request()))
                .withMessage(
                        "Server is busy, and 2 trainings wait, as many as may; try again when the next one has begun.")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @ParameterizedTest
    @EnumSource(names = {"STOPPING", "STOPPED", "RUNNING"})
    void begin_whenTheServerSleeps_claimsItAlsoWhileItsInstanceStops(InstanceState state) {
        instances.set(INSTANCE, state);

        var accepted = training(2).begin(request());

        assertThat(accepted.place()).isZero();
        assertThat(statuses.read().status().token()).isEqualTo(accepted.token());
        assertThat(token(TrainingJobFile.KEY)).isEqualTo(accepted.token());
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void begin_whenTrainingsWaitAndTheServerSleeps_letsThemBeginFirst() {
        write(ServerStatus.INITIAL.withWaiting(new WaitingTraining("b", "textclassification", CLOCK.instant())));
        put("training/queue/b.json", "{\"token\":\"b\"}");

        var accepted = training(2).begin(request());

        assertThat(accepted.place()).isEqualTo(1);
        assertThat(statuses.read().status().token()).isEqualTo("b");
        assertThat(token(TrainingJobFile.KEY)).isEqualTo("b");
    }

    @Test
    void begin_whenTheNextTrainingCannotBeHandedOver_isStoredAllTheSame() {
        write(ServerStatus.INITIAL.withWaiting(new WaitingTraining("b", "textclassification", CLOCK.instant())));
        objects.failOn("get", "training/queue/b.json", new WakeboxException(ErrorCode.UNAVAILABLE, "S3 is down."));

        assertThat(training(2).begin(request()).place()).isEqualTo(1);
        assertThat(statuses.read().status().beingHandedOver()).isTrue();
    }

    @Test
    void begin_whenTheOrderCannotBeStored_takesNoPlace() {
        training(2).begin(request());
        var failing = new InMemoryObjectStore(CLOCK);
        failing.put(StatusStore.KEY, objects.get(StatusStore.KEY).orElseThrow().body(), "", new Condition.Always());
        var line = new TrainingStart(failing, instances, INSTANCE, new RandomNames(new Random(7)), CLOCK, 2);
        String token = "textclassification-my_task-" + new RandomNames(new Random(7)).next(5);
        failing.failOn(
                "put", "training/queue/" + token + ".json", new WakeboxException(ErrorCode.UNAVAILABLE, "S3 is down."));

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> line.begin(request()))
                .withMessage("S3 is down.");
        assertThat(new StatusStore(failing, CLOCK).read().status().waiting()).isEmpty();
    }

    @Test
    void begin_whenFiftyArriveTogether_fillTheQueueInOrderAndRefuseTheOthers() throws Exception {
        TrainingStart training = training(20);
        var accepted = new ArrayList<TrainingStart.Accepted>();
        int refused = 0;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<List<TrainingStart.Accepted>>> requests = Collections.nCopies(50, () -> {
                try {
                    return List.of(training.begin(request()));
                } catch (WakeboxException e) {
                    assertThat(e).hasMessageContaining("20 trainings wait");
                    return List.of();
                }
            });
            for (var answer : executor.invokeAll(requests)) {
                accepted.addAll(answer.get());
                refused += answer.get().isEmpty() ? 1 : 0;
            }
        }

        ServerStatus status = statuses.read().status();
        assertThat(accepted).hasSize(21);
        assertThat(refused).isEqualTo(29);
        assertThat(accepted)
                .allSatisfy(each -> assertThat(each.place()).isEqualTo(status.place(each.token())))
                .filteredOn(each -> each.place() == 0)
                .singleElement()
                .satisfies(each -> assertThat(each.token()).isEqualTo(status.token()));
        assertThat(status.waiting()).hasSize(20).allSatisfy(each -> assertThat(token(each.orderKey()))
                .isEqualTo(each.token()));
        assertThat(objects.firstKey("training/queue/", key -> status.waiting().stream()
                        .noneMatch(each -> each.orderKey().equals(key))))
                .as("an order of a refused training")
                .isEmpty();
    }

    private TrainingStart training(int places) {
        return new TrainingStart(objects, instances, INSTANCE, new RandomNames(new SecureRandom()), CLOCK, places);
    }

    private static TrainingRequest request() {
        return TrainingRequest.parse(JsonObject.copyOf(Requests.text()));
    }

    private String token(String key) {
        return Json.object(objects.get(key).orElseThrow().body()).text("token");
    }

    private void write(ServerStatus status) {
        statuses.replace(statuses.read(), status);
    }

    private void put(String key, String text) {
        objects.put(key, text.getBytes(UTF_8), "application/json", new Condition.Always());
    }
}
