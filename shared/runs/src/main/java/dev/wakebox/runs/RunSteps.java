package dev.wakebox.runs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/** Collects the steps of a run from the events of its history, oldest first. Not thread-safe. */
final class RunSteps {
    /** The states that do the work, each a Lambda function. The others wait, choose, or shape the document. */
    static final Set<String> STATES = Set.of("EC2StarterFromAMI", "Commander", "EC2Poller", "RunChecker", "EC2Stopper");

    /** The state in which a run waits for a slot. It is a step, but no function works meanwhile. */
    private static final String WAIT_FOR_SLOT = "WaitForSlot";

    private static final String NEXT_ATTEMPT = "NextAttempt";

    private final List<RunStep> steps = new ArrayList<>();
    private int attempt;

    void add(HistoryEvent event) {
        if (event.stateEnteredEventDetails() != null) {
            entered(event.stateEnteredEventDetails().name(), event.timestamp());
        } else if (event.stateExitedEventDetails() != null) {
            left(event.stateExitedEventDetails().name(), event.timestamp());
        }
    }

    List<RunStep> steps() {
        return List.copyOf(steps);
    }

    private void entered(String state, Instant time) {
        if (state.equals(NEXT_ATTEMPT)) {
            attempt++;
        }
        if (!STATES.contains(state) && !state.equals(WAIT_FOR_SLOT)) {
            return;
        }
        RunStep last = steps.isEmpty() ? null : steps.getLast();
        if (last != null && last.attempt() == attempt && last.state().equals(state)) {
            steps.set(
                    steps.size() - 1, new RunStep(attempt, state, last.entered(), Optional.empty(), last.times() + 1));
        } else {
            steps.add(new RunStep(attempt, state, time, Optional.empty(), 1));
        }
    }

    private void left(String state, Instant time) {
        if (!steps.isEmpty() && steps.getLast().state().equals(state)) {
            RunStep last = steps.getLast();
            steps.set(
                    steps.size() - 1,
                    new RunStep(last.attempt(), state, last.entered(), Optional.of(time), last.times()));
        }
    }
}
