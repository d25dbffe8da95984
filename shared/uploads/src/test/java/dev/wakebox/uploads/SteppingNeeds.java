package dev.wakebox.uploads;

import dev.wakebox.jobs.Needs;
import java.time.Instant;

/** Needs before each of whose calls another program may go on. */
public record SteppingNeeds(Needs needs, Interleaving interleaving) implements Needs {
    @Override
    public State of(String thing) {
        interleaving.step();
        return needs.of(thing);
    }

    @Override
    public State add(String thing, String job) {
        interleaving.step();
        return needs.add(thing, job);
    }

    @Override
    public State remove(String thing, String job) {
        interleaving.step();
        return needs.remove(thing, job);
    }

    @Override
    public State served(String thing, String job, Instant at) {
        interleaving.step();
        return needs.served(thing, job, at);
    }

    @Override
    public boolean end(String thing, Instant until, Instant now) {
        interleaving.step();
        return needs.end(thing, until, now);
    }

    @Override
    public void ended(String thing) {
        interleaving.step();
        needs.ended(thing);
    }
}
