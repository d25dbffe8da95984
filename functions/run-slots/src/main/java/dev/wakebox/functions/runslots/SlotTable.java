package dev.wakebox.functions.runslots;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The slots and the queue in front of them. Each method is atomic, and reads what was written before. Implementations are thread-safe.
 * All methods throw {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when a retry can help, otherwise {@code INTERNAL}.
 */
interface SlotTable {
    /** The slots that runs have. */
    List<TakenSlot> taken();

    /** The run that was submitted first of those in the queue; empty if none waits. */
    Optional<QueuedRun> first();

    /** Adds a run to the queue. A run that is in the queue gets this token instead of its earlier one. */
    void add(QueuedRun run);

    /**
     * Moves a run from the queue to a slot; false, without a change, if the slot is taken or the run with this token is no longer in the
     * queue.
     */
    boolean move(QueuedRun run, int slot, Instant now);

    /** Records that the task was told about its slot, unless another run has the slot by now. */
    void told(TakenSlot slot);

    /** Frees a slot; false, without a change, unless this run has it. */
    boolean free(int slot, String execution);

    /** Removes a run from the queue, if it is there. */
    void remove(String name, Instant startedAt);
}
