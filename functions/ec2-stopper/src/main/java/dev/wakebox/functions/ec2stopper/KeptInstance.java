package dev.wakebox.functions.ec2stopper;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.compute.launch.RunInstance;
import dev.wakebox.compute.launch.RunTags;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * An instance that stays after its attempt failed, for a look at what went wrong. Its tags keep every part of Wakebox from
 * ending it before it expires.
 */
record KeptInstance(RunInstance instance, Instant until) {
    /** The outcomes of an attempt whose commands have run, or still run. */
    private static final Set<String> WORTH_A_LOOK =
            Set.of(RunOutcome.COMMAND_FAILED.name(), RunOutcome.TIMED_OUT.name(), RunOutcome.OUTPUT_MISSING.name());

    /**
     * Decides whether the instance stays, and until when: never longer than it was to live from its launch on.
     *
     * @param current whether the instance is that of the current attempt
     * @param since when the attempt ended
     */
    static Optional<KeptInstance> of(
            RunInstance instance, boolean current, RunDocument document, Instant since, Instant now) {
        Optional<Instant> expires = expires(instance);
        Optional<Instant> until = isKept(instance)
                ? expires
                : Optional.of(since.plus(asked(document)).truncatedTo(ChronoUnit.SECONDS))
                        .filter(_ -> current && instance.state() == InstanceState.RUNNING)
                        .filter(_ -> document.text("failure", "outcome")
                                .filter(WORTH_A_LOOK::contains)
                                .isPresent())
                        .flatMap(wanted -> expires.map(latest -> wanted.isBefore(latest) ? wanted : latest));
        return until.filter(now::isBefore).map(at -> new KeptInstance(instance, at));
    }

    /** Whether an earlier invocation has tagged it. */
    boolean isTagged() {
        return isKept(instance);
    }

    private static boolean isKept(RunInstance instance) {
        return instance.tags().containsKey(RunTags.KEPT);
    }

    private static Duration asked(RunDocument document) {
        return document.at("run_options", "keep_on_failure_min") instanceof Number minutes
                ? Duration.ofMinutes(minutes.longValue())
                : Duration.ZERO;
    }

    private static Optional<Instant> expires(RunInstance instance) {
        try {
            return Optional.ofNullable(instance.tags().get(RunTags.EXPIRES_AT)).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
