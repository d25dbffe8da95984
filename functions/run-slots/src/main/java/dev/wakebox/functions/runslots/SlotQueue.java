package dev.wakebox.functions.runslots;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which run gets a slot: the first of the queue. Each event may be delivered twice, late, or while another one is handled: a
 * slot belongs to one execution, and only that execution's end frees it. Thread-safe.
 */
final class SlotQueue {
    private static final Logger log = LoggerFactory.getLogger(SlotQueue.class);

    private final SlotTable table;
    private final WaitingTasks tasks;
    private final int slots;
    private final Clock clock;

    /** @param slots how many runs may have an instance at the same time */
    SlotQueue(SlotTable table, WaitingTasks tasks, int slots, Clock clock) {
        this.table = requireNonNull(table, "table is null");
        this.tasks = requireNonNull(tasks, "tasks is null");
        this.slots = slots;
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * A run wants a slot. Its task is told when it has one, now or later. If the state machine repeats the task, the run may have a slot
     * already; the earlier token can't get one for it after it was replaced.
     */
    void arrived(QueuedRun run) {
        table.add(run);
        for (TakenSlot slot : table.taken()) {
            if (slot.execution().equals(run.execution())) {
                tell(slot, run.token(), clock.instant());
                table.remove(run.name(), run.startedAt());
            }
        }
        handOut();
    }

    /** An execution has ended, in whatever way. */
    void ended(String execution, String name, Instant startedAt) {
        table.remove(name, startedAt);
        for (TakenSlot slot : table.taken()) {
            if (slot.execution().equals(execution)) {
                free(slot, "the run has ended");
            }
        }
        handOut();
    }

    /**
     * Repairs what lost events and broken-off invocations have left: frees the slots of executions that don't run, tells the tasks that
     * were not told, and gives free slots to runs that wait.
     */
    void sweep() {
        for (TakenSlot slot : table.taken()) {
            if (!tasks.running(slot.execution())) {
                free(slot, "the execution is not running");
            } else {
                slot.token().ifPresent(token -> tell(slot, token, clock.instant()));
            }
        }
        handOut();
    }

    /**
     * Gives the free slots to the first runs of the queue. A run is added before the slots are read, and a slot is freed before the queue
     * is read: of two invocations at the same time, one sees both.
     */
    private void handOut() {
        while (true) {
            Optional<QueuedRun> first = table.first();
            if (first.isEmpty()) {
                return;
            }
            QueuedRun next = first.get();
            Optional<Integer> free = free(table.taken());
            if (free.isEmpty()) {
                return;
            }
            if (!tasks.running(next.execution())) {
                log.info("{} has ended while it waited for a slot.", next.execution());
                table.remove(next.name(), next.startedAt());
                continue;
            }
            Instant now = clock.instant();
            if (table.move(next, free.get(), now)) {
                log.info("{} has slot {} of {}.", next.execution(), free.get(), slots);
                tell(new TakenSlot(free.get(), next.execution(), Optional.of(next.token())), next.token(), now);
            }
        }
    }

    /** The lowest free slot; none if as many runs as allowed have slots, be it such above a limit that was lowered. */
    private Optional<Integer> free(List<TakenSlot> taken) {
        if (taken.size() >= slots) {
            return Optional.empty();
        }
        Set<Integer> numbers = new HashSet<>();
        taken.forEach(slot -> numbers.add(slot.number()));
        return IntStream.rangeClosed(1, slots)
                .boxed()
                .filter(number -> !numbers.contains(number))
                .findFirst();
    }

    private void tell(TakenSlot slot, String token, Instant takenAt) {
        boolean told = tasks.succeed(token, new SlotAnswer(slot.number(), takenAt));
        if (!told && !tasks.running(slot.execution())) {
            free(slot, "the execution ended while it waited");
        } else {
            table.told(slot);
        }
    }

    private void free(TakenSlot slot, String reason) {
        if (table.free(slot.number(), slot.execution())) {
            log.info("Slot {} of {} is free: {}.", slot.number(), slot.execution(), reason);
        }
    }
}
