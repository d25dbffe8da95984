package dev.wakebox.functions.runslots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SlotQueueTest {
    private static final Instant START = Instant.parse("2026-11-30T12:00:00Z");

    private final InMemorySlots table = new InMemorySlots();
    private final Tasks tasks = new Tasks();
    private final SlotQueue queue = queue(2);

    /** The tasks of executions that run until the test ends them. A task waits until it is answered or its execution has ended. */
    private static final class Tasks implements WaitingTasks {
        final Set<String> over = ConcurrentHashMap.newKeySet();
        final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
        final AtomicInteger failures = new AtomicInteger();

        @Override
        public boolean running(String execution) {
            return !over.contains(execution);
        }

        @Override
        public boolean succeed(String token, SlotAnswer answer) {
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Throttled.");
            }
            boolean waits = !told.contains(token) && running(execution(token));
            if (waits) {
                told.add(token);
            }
            return waits;
        }

        private static String execution(String token) {
            return "arn:" + token.replaceFirst("^token-", "").replaceFirst("/.*", "");
        }
    }

    private SlotQueue queue(int slots) {
        return new SlotQueue(table, tasks, slots, Clock.systemUTC());
    }

    private static QueuedRun run(int number) {
        return new QueuedRun("arn:" + number, "run-" + number, START.plusSeconds(number), "token-" + number);
    }

    private void end(int number) {
        tasks.over.add("arn:" + number);
        queue.ended("arn:" + number, "run-" + number, START.plusSeconds(number));
    }

    private List<String> holders() {
        return table.taken().stream().map(TakenSlot::execution).toList();
    }

    @Test
    void arrived_whenSlotsAreFree_isToldAtOnceAndOthersWaitInTheOrderOfTheirSubmission() {
        for (int number : List.of(1, 2, 5, 4, 3)) {
            queue.arrived(run(number));
        }
        assertThat(tasks.told).containsExactly("token-1", "token-2");

        end(2);
        end(1);
        end(3);

        assertThat(tasks.told).containsExactly("token-1", "token-2", "token-3", "token-4", "token-5");
        assertThat(holders()).containsExactlyInAnyOrder("arn:4", "arn:5");
        assertThat(table.taken()).allSatisfy(slot -> assertThat(slot.token()).isEmpty());
    }

    @Test
    void ended_whenDeliveredAgain_freesNothingOfTheNextRun() {
        List.of(1, 2, 3, 4).forEach(number -> queue.arrived(run(number)));

        end(1);
        end(1);

        assertThat(holders()).containsExactlyInAnyOrder("arn:2", "arn:3");
        assertThat(table.first()).hasValue(run(4));
    }

    @Test
    void ended_whenTheRunWaits_leavesTheQueue() {
        List.of(1, 2, 3, 4).forEach(number -> queue.arrived(run(number)));

        end(3);
        end(1);

        assertThat(holders()).containsExactlyInAnyOrder("arn:2", "arn:4");
    }

    @Test
    void handOut_whenTheFirstOfTheQueueHasEndedUnnoticed_isForTheNext() {
        List.of(1, 2, 3, 4).forEach(number -> queue.arrived(run(number)));
        tasks.over.add("arn:3");

        end(2);

        assertThat(holders()).containsExactlyInAnyOrder("arn:1", "arn:4");
        assertThat(tasks.told).doesNotContain("token-3");
    }

    @Test
    void sweep_whenAnEndWasLost_freesTheSlotForTheNext() {
        List.of(1, 2, 3).forEach(number -> queue.arrived(run(number)));
        tasks.over.add("arn:1");

        queue.sweep();

        assertThat(holders()).containsExactlyInAnyOrder("arn:3", "arn:2");
        assertThat(tasks.told).contains("token-3");
    }

    /** The slot was taken, and the function ended before it told the task. */
    @Test
    void sweep_whenATaskWasNotTold_tellsIt() {
        tasks.failures.set(1);
        assertThatThrownBy(() -> queue.arrived(run(1))).isInstanceOf(WakeboxException.class);
        assertThat(holders()).containsExactly("arn:1");
        assertThat(tasks.told).isEmpty();

        queue.sweep();
        queue.sweep();

        assertThat(tasks.told).containsExactly("token-1");
        assertThat(table.taken().getFirst().token()).isEmpty();
    }

    @Test
    void arrived_whenTheTaskIsRepeated_keepsItsOneSlot() {
        tasks.failures.set(1);
        assertThatThrownBy(() -> queue.arrived(run(1))).isInstanceOf(WakeboxException.class);

        queue.arrived(new QueuedRun("arn:1", "run-1", run(1).startedAt(), "token-1/again"));

        assertThat(tasks.told).containsExactly("token-1/again");
        assertThat(holders()).containsExactly("arn:1");
        assertThat(table.first()).isEmpty();
    }

    @Test
    void handOut_whenTheLimitWasLowered_waitsUntilFewerRunsHaveSlots() {
        SlotQueue four = queue(4);
        List.of(1, 2, 3, 4, 5).forEach(number -> four.arrived(run(number)));

        end(1);
        end(2);
        assertThat(holders()).containsExactlyInAnyOrder("arn:3", "arn:4");

        end(3);
        assertThat(holders()).containsExactlyInAnyOrder("arn:4", "arn:5");
    }

    @Test
    void events_whenTheyComeAtTheSameTimeAndTwice_neverGiveMoreSlotsThanThereAre() throws Exception {
        var most = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var work = new ArrayList<Future<?>>();
            for (int number = 0; number < 100; number++) {
                int one = number;
                work.add(threads.submit(() -> {
                    queue.arrived(run(one));
                    while (!tasks.told.contains("token-" + one)) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    most.accumulateAndGet(table.taken().size(), Math::max);
                    end(one);
                    queue.ended("arn:" + one, "run-" + one, run(one).startedAt());
                }));
            }
            for (var each : work) {
                each.get();
            }
        }

        assertThat(most.get()).isBetween(1, 2);
        assertThat(tasks.told).hasSize(100).doesNotHaveDuplicates();
        assertThat(table.taken()).isEmpty();
        assertThat(table.first()).isEmpty();
    }
}
