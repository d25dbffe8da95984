package dev.wakebox.functions.operations;

import dev.wakebox.deadletters.DeadLetterQueue;
import dev.wakebox.runtime.SnakeCase;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /overview} answers: the state of the stack, as far as the caller may see it. What the stack doesn't have or the caller
 * may not see is left out.
 *
 * @param instances of runs
 * @param runs the last ones
 * @param alarms of the stack in CloudWatch
 * @param deadLetters the queues that have messages
 * @param awsConsole where AWS's console of the region is; empty on the local application
 * @param unavailable the names of the parts that could not be read now
 */
@SnakeCase
record Overview(
        Optional<TrainingServer> training,
        Optional<Machine> processing,
        Optional<List<OfRun>> instances,
        Optional<List<LastRun>> runs,
        Optional<List<StackAlarm>> alarms,
        Optional<List<DeadLetterQueue.Count>> deadLetters,
        Optional<String> awsConsole,
        List<String> unavailable) {
    /**
     * The training server.
     *
     * @param run the token of the run that it belongs to
     * @param since when it took that status
     */
    @SnakeCase
    record TrainingServer(String status, Optional<String> run, Optional<Instant> since, Optional<Machine> instance) {}

    /**
     * An instance.
     *
     * @param usdPerHour without its volumes; empty while it isn't billed, or when its price is unknown
     */
    @SnakeCase
    record Machine(
            String id, String type, String state, boolean spot, Instant launchedAt, Optional<BigDecimal> usdPerHour) {}

    /** An instance of a run. */
    @SnakeCase
    record OfRun(Machine instance, String run, int attempt, String expiresAt) {}

    /**
     * A run.
     *
     * @param outcome empty while it is running, and when it could not be read
     */
    @SnakeCase
    record LastRun(
            String name, String status, Instant startedAt, Optional<Instant> endedAt, Optional<String> outcome) {}
}
