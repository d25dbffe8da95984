package dev.wakebox.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.webhooks.Notice;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingQueueTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);

    private final InMemoryObjectStore objects = new InMemoryObjectStore(CLOCK);
    private final StatusStore statuses = new StatusStore(objects, CLOCK);
    private final List<Notice> sent = new ArrayList<>();
    private final TrainingQueue queue = queue(5);

    @Test
    void advance_whenTheServerSleeps_handsTheFirstOrderOver() {
        write(waits(waits(ServerStatus.INITIAL, "b"), "c"));

        queue.advance(statuses.read());

        assertThat(statuses.read().status().token()).isEqualTo("b");
        assertThat(statuses.read().status().beingHandedOver()).isFalse();
        assertThat(statuses.read().status().waiting())
                .extracting(WaitingTraining::token)
                .containsExactly("c");
        assertThat(order()).isEqualTo("{\"token\":\"b\"}");
        assertThat(objects.head("training/queue/b.json")).isEmpty();
        assertThat(objects.head("training/queue/c.json")).isPresent();
    }

    @Test
    void advance_whenARunHasTheServer_readsAndWritesNothing() {
        write(waits(ServerStatus.INITIAL.claimedBy("a", "x", CLOCK.instant()), "b"));
        var seen = statuses.read();
        objects.failOn("get", StatusStore.KEY, new WakeboxException(ErrorCode.UNAVAILABLE, "read"));

        queue.advance(seen);

        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
    }

    @Test
    void advance_inAStackWithoutAQueue_leavesTheTrainingsWhereTheyAre() {
        write(waits(ServerStatus.INITIAL, "b"));

        queue(0).advance(statuses.read());

        assertThat(statuses.read().status().active()).isFalse();
        assertThat(statuses.read().status().place("b")).isEqualTo(1);
        assertThat(queue(0).after(statuses.read().status(), CLOCK.instant()).active())
                .isFalse();
    }

    @Test
    void advance_whenAFunctionBrokeOffBeforeTheOrderWasWritten_writesIt() {
        write(waits(ServerStatus.INITIAL, "b").ended(CLOCK.instant()));

        queue.advance(statuses.read());

        assertThat(order()).isEqualTo("{\"token\":\"b\"}");
        assertThat(statuses.read().status().beingHandedOver()).isFalse();
    }

    @Test
    void advance_whenAFunctionBrokeOffAfterTheOrderWasWritten_doesNotWriteItAgain() {
        write(waits(ServerStatus.INITIAL, "b").ended(CLOCK.instant()));
        put(TrainingJobFile.KEY, "{\"token\":\"b\"}");
        String etag = objects.head(TrainingJobFile.KEY).orElseThrow().etag();

        queue.advance(statuses.read());

        assertThat(objects.head(TrainingJobFile.KEY).orElseThrow().etag()).isEqualTo(etag);
        assertThat(statuses.read().status().beingHandedOver()).isFalse();
        assertThat(objects.head("training/queue/b.json")).isEmpty();
    }

    @Test
    void advance_whenTwoFunctionsSawTheSameStatus_handsOverOnce() {
        write(waits(waits(ServerStatus.INITIAL, "b"), "c"));
        var seen = statuses.read();

        queue.advance(seen);
        queue.advance(seen);

        assertThat(statuses.read().status().token()).isEqualTo("b");
        assertThat(statuses.read().status().place("c")).isEqualTo(1);
    }

    @Test
    void advance_whenAnEarlierRunHasLeftItsOrder_replacesIt() {
        for (String left : List.of("{\"token\":\"a\"}", "no JSON")) {
            put(TrainingJobFile.KEY, left);
            write(waits(ServerStatus.INITIAL, "b"));

            queue.advance(statuses.read());

            assertThat(order()).isEqualTo("{\"token\":\"b\"}");
        }
    }

    @Test
    void advance_whenTheTrainingWasEndedMeanwhile_leavesTheOrderOfTheNextRun() {
        write(waits(ServerStatus.INITIAL, "b").ended(CLOCK.instant()));
        var seen = statuses.read();
        write(ServerStatus.INITIAL.claimedBy("d", "x", CLOCK.instant()));
        put(TrainingJobFile.KEY, "{\"token\":\"d\"}");

        queue.advance(seen);

        assertThat(order()).isEqualTo("{\"token\":\"d\"}");
        assertThat(statuses.read().status().token()).isEqualTo("d");
    }

    @Test
    void advance_whenAnOrderIsGone_saysSoAndBeginsTheNextTraining() {
        write(waits(waits(ServerStatus.INITIAL, "b"), "c"));
        objects.delete("training/queue/b.json");

        queue.advance(statuses.read());

        assertThat(statuses.read().status().token()).isEqualTo("c");
        assertThat(order()).isEqualTo("{\"token\":\"c\"}");
        assertThat(sent).singleElement().satisfies(notice -> {
            assertThat(notice.outcome()).isEqualTo("FAILED");
            assertThat(notice.detail()).containsEntry("id", "b").doesNotContainKey("started_at");
            assertThat(notice.detail().text("reason")).contains("training/queue/b.json is gone");
        });
    }

    @Test
    void advance_whenTheOrderCannotBeWritten_failsAndIsCompletedLater() {
        write(waits(ServerStatus.INITIAL, "b"));
        objects.failOn("put", TrainingJobFile.KEY, new WakeboxException(ErrorCode.UNAVAILABLE, "S3 is down."));

        assertThatThrownBy(() -> queue.advance(statuses.read())).hasMessage("S3 is down.");
        assertThat(statuses.read().status().beingHandedOver()).isTrue();
        objects.mend();
        queue.advance(statuses.read());

        assertThat(order()).isEqualTo("{\"token\":\"b\"}");
    }

    private TrainingQueue queue(int places) {
        return new TrainingQueue(objects, statuses, new TrainingNotices(objects, sent::add, CLOCK), CLOCK, places);
    }

    private ServerStatus waits(ServerStatus status, String token) {
        put("training/queue/" + token + ".json", "{\"token\":\"" + token + "\"}");
        return status.withWaiting(new WaitingTraining(token, "textclassification", CLOCK.instant()));
    }

    private void write(ServerStatus status) {
        put(StatusStore.KEY, new String(status.toJson(), UTF_8));
    }

    private void put(String key, String text) {
        objects.put(key, text.getBytes(UTF_8), "application/json", new Condition.Always());
    }

    private String order() {
        return new String(objects.get(TrainingJobFile.KEY).orElseThrow().body(), UTF_8);
    }
}
