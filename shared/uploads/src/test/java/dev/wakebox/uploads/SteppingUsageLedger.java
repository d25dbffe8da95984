package dev.wakebox.uploads;

import dev.wakebox.jobs.UsageLedger;
import java.time.Instant;

/** A ledger that lets another program continue before each of its calls. */
public record SteppingUsageLedger(UsageLedger ledger, Interleaving interleaving) implements UsageLedger {
    @Override
    public State of(String thing) {
        interleaving.step();
        return ledger.of(thing);
    }

    @Override
    public State add(String thing, String job) {
        interleaving.step();
        return ledger.add(thing, job);
    }

    @Override
    public State remove(String thing, String job) {
        interleaving.step();
        return ledger.remove(thing, job);
    }

    @Override
    public State served(String thing, String job, Instant at) {
        interleaving.step();
        return ledger.served(thing, job, at);
    }

    @Override
    public boolean end(String thing, Instant until, Instant now) {
        interleaving.step();
        return ledger.end(thing, until, now);
    }

    @Override
    public void ended(String thing) {
        interleaving.step();
        ledger.ended(thing);
    }
}
