package dev.wakebox.local.lambda;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The invocations of a function that wait for a free environment, oldest first. Not thread-safe. */
final class InvocationQueue {
    private final Deque<Invocation> waiting = new ArrayDeque<>();
    private final Clock clock;

    InvocationQueue(Clock clock) {
        this.clock = clock;
    }

    void add(Invocation invocation) {
        waiting.add(invocation);
    }

    /** Puts an invocation back in front of the others: its environment ended before the event reached the function. */
    void giveBack(Invocation invocation) {
        waiting.addFirst(invocation);
    }

    int size() {
        return waiting.size();
    }

    /** Removes the first invocation that can still be answered in time; the earlier ones fail. */
    Optional<Invocation> next() {
        for (Invocation next = waiting.poll(); next != null; next = waiting.poll()) {
            if (!next.result().isDone() && !next.deadline().isBefore(clock.instant())) {
                return Optional.of(next);
            }
            next.result()
                    .complete(InvocationResult.Failure.of(
                            "Sandbox.Timedout", next.requestId() + " was still waiting for a free environment."));
        }
        return Optional.empty();
    }

    void failAll(InvocationResult.Failure failure) {
        waiting.forEach(invocation -> invocation.result().complete(failure));
        waiting.clear();
    }
}
