package dev.wakebox.functions.runslots;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A table in memory. Thread-safe. */
final class InMemorySlots implements SlotTable {
    private final Map<String, QueuedRun> waiting = new TreeMap<>();
    private final Map<Integer, TakenSlot> slots = new TreeMap<>();

    @Override
    public synchronized List<TakenSlot> taken() {
        return new ArrayList<>(slots.values());
    }

    @Override
    public synchronized Optional<QueuedRun> first() {
        return waiting.values().stream().findFirst();
    }

    @Override
    public synchronized void add(QueuedRun run) {
        waiting.put(place(run.name(), run.startedAt()), run);
    }

    @Override
    public synchronized boolean move(QueuedRun run, int slot, Instant now) {
        if (slots.containsKey(slot) || !run.equals(waiting.get(place(run.name(), run.startedAt())))) {
            return false;
        }
        waiting.remove(place(run.name(), run.startedAt()));
        slots.put(slot, new TakenSlot(slot, run.execution(), Optional.of(run.token())));
        return true;
    }

    @Override
    public synchronized void told(TakenSlot slot) {
        slots.computeIfPresent(
                slot.number(),
                (_, now) -> now.execution().equals(slot.execution())
                        ? new TakenSlot(slot.number(), slot.execution(), Optional.empty())
                        : now);
    }

    @Override
    public synchronized boolean free(int slot, String execution) {
        TakenSlot taken = slots.get(slot);
        return taken != null && taken.execution().equals(execution) && slots.remove(slot, taken);
    }

    @Override
    public synchronized void remove(String name, Instant startedAt) {
        waiting.remove(place(name, startedAt));
    }

    private static String place(String name, Instant startedAt) {
        return String.format("%020d#%s", startedAt.toEpochMilli(), name);
    }
}
