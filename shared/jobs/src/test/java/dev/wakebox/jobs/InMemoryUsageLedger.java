package dev.wakebox.jobs;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A ledger in memory, with the rules of the port. Thread-safe. */
public final class InMemoryUsageLedger implements UsageLedger {
    private final Map<String, Set<String>> jobs = new HashMap<>();
    private final Map<String, Instant> endings = new HashMap<>();
    private final Map<String, Instant> lastServed = new HashMap<>();

    @Override
    public synchronized State of(String thing) {
        return new State(
                jobs.getOrDefault(thing, Set.of()),
                endings.getOrDefault(thing, Instant.EPOCH),
                lastServed.getOrDefault(thing, Instant.EPOCH));
    }

    @Override
    public synchronized State add(String thing, String job) {
        jobs.computeIfAbsent(thing, _ -> new HashSet<>()).add(job);
        return of(thing);
    }

    @Override
    public synchronized State remove(String thing, String job) {
        jobs.getOrDefault(thing, new HashSet<>()).remove(job);
        return of(thing);
    }

    @Override
    public synchronized State served(String thing, String job, Instant at) {
        lastServed.put(thing, at);
        return remove(thing, job);
    }

    @Override
    public synchronized boolean end(String thing, Instant until, Instant now) {
        if (!of(thing).jobs().isEmpty() || of(thing).ending(now)) {
            return false;
        }
        endings.put(thing, until);
        return true;
    }

    @Override
    public synchronized void ended(String thing) {
        endings.remove(thing);
    }
}
