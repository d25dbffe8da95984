package dev.wakebox.compute.execution;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code run_options}, validated and with defaults.
 *
 * @param timeout counts from the attempt's t0
 * @param terminateInstance terminate instead of stop at the end
 * @param deleteVolume detach and delete the root volume at the end
 * @param cheapo spot before on-demand
 * @param retriesAllowed number of retries of the whole run
 * @param interruptionsAllowed number of retries after EC2 took a spot instance back; empty if {@code retriesAllowed} counts these too
 * @param onInterrupt shell commands for the time between EC2's warning and the end of a spot instance
 * @param keepGoing run every command even after one fails
 * @param dryRun report the launch requests and launch nothing
 * @param instanceTypes to try after the one in {@code instance_parameters}, in order
 * @param subnetIds to try after the one in {@code instance_parameters}, in order
 * @param availabilityZones to try in order where no subnet is given
 * @param maxPrice of a spot instance, USD per hour; empty for the on-demand price
 * @param tags of everything that a launch creates
 * @param maxCost of instances and volumes of all attempts together, in USD; empty for no limit
 * @param variables of the commands' environment
 * @param keepOnFailure how long an instance stays after its commands or their output have failed
 * @param backoff the waits for a quota of the account
 * @param array the many runs that the document is for; empty for one run
 * @param place of the run in its array; empty for a run on its own
 */
public record RunOptions(
        Duration timeout,
        boolean terminateInstance,
        boolean deleteVolume,
        boolean cheapo,
        int retriesAllowed,
        Optional<Integer> interruptionsAllowed,
        List<String> onInterrupt,
        boolean keepGoing,
        boolean dryRun,
        List<String> instanceTypes,
        List<String> subnetIds,
        List<String> availabilityZones,
        Optional<BigDecimal> maxPrice,
        Optional<BigDecimal> maxCost,
        Map<String, String> tags,
        CommandVariables variables,
        Duration keepOnFailure,
        Backoff backoff,
        Optional<RunArray> array,
        Optional<ArrayPlace> place) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofHours(1);
    /** Step Functions ends an execution after a year; the rest is for launches and for the waits between attempts. */
    private static final long LONGEST_TIMEOUT_S = 350L * 24 * 3600;

    private static final String TIMEOUT = "timeout_s";
    private static final long LONGEST_WAIT_S = 24L * 3600;
    private static final int MOST_RETRIES = 10;
    private static final String RETRIES = "n_retries_allowed";
    private static final String INTERRUPTIONS = "n_interruptions_allowed";
    private static final long LONGEST_KEEP_MIN = 24L * 60;
    private static final BigDecimal HIGHEST_PRICE = BigDecimal.valueOf(10_000);
    private static final BigDecimal HIGHEST_COST = BigDecimal.valueOf(1_000_000);
    private static final String SECONDS = " of seconds";

    /**
     * Options of the original that Wakebox accepts and ignores; docs/coming-from/ngen-datastream.md gives the reasons.
     */
    static final Set<String> IGNORED =
            Set.of("forcing_check_timeout_s", "forcing_check_wait_s", "ii_check_forcing", "ii_s3_object_checked");

    public RunOptions {
        onInterrupt = List.copyOf(onInterrupt);
        instanceTypes = List.copyOf(instanceTypes);
        subnetIds = List.copyOf(subnetIds);
        availabilityZones = List.copyOf(availabilityZones);
        tags = Map.copyOf(tags);
    }

    static RunOptions of(OptionReader fields, Problems problems) {
        // The state machine itself uses these for its waits between attempts, and the last one in the event of the
        // outcome.
        double base = fields.amount("retry_backoff_base_s", 30, 0, LONGEST_WAIT_S, SECONDS);
        double most = fields.amount("retry_backoff_max_s", 900, 0, LONGEST_WAIT_S, SECONDS);
        double rate = fields.amount("retry_backoff_rate", 2, 1, 10, "");
        fields.webhookUrl("notify_url");
        fields.traceContext(); // RunDocument.traced() reads it, also from a document with mistakes
        Optional<OptionReader> array = fields.object("array", problems);
        boolean whole = array.filter(reader -> reader.get("index") == null).isPresent();
        var options = new RunOptions(
                Duration.ofSeconds(
                        fields.wholeNumber(TIMEOUT, DEFAULT_TIMEOUT.toSeconds(), 1, LONGEST_TIMEOUT_S, SECONDS)),
                fields.flag("ii_terminate_instance"),
                fields.flags("ii_delete_volume", "ii_detach_volume"),
                fields.flag("ii_cheapo"),
                (int) fields.wholeNumber(RETRIES, 0, 0, MOST_RETRIES, ""),
                fields.get(INTERRUPTIONS) == null
                        ? Optional.empty()
                        : Optional.of((int) fields.wholeNumber(INTERRUPTIONS, 0, 0, MOST_RETRIES, "")),
                fields.strings("on_interrupt"),
                fields.flag("ii_keep_going"),
                fields.flag("dry_run"),
                fields.strings("instance_types"),
                fields.strings("subnet_ids"),
                fields.strings("availability_zones"),
                fields.usd("max_price", HIGHEST_PRICE, "a price in USD an hour"),
                fields.usd("max_cost", HIGHEST_COST, "an amount in USD"),
                fields.tags("tags"),
                CommandVariables.of(fields, problems),
                Duration.ofMinutes(fields.wholeNumber("keep_on_failure_min", 0, 0, LONGEST_KEEP_MIN, " of minutes")),
                new Backoff(Duration.ofMillis((long) (base * 1000)), rate, Duration.ofMillis((long) (most * 1000))),
                array.filter(_ -> whole).map(reader -> RunArray.of(reader, problems)),
                array.filter(_ -> !whole).map(reader -> ArrayPlace.of(reader, problems)));
        int further = options.mostAttempts() - 1;
        if (further > MOST_RETRIES) {
            problems.add(
                    fields.path(INTERRUPTIONS),
                    "and " + RETRIES + " must be together at most " + MOST_RETRIES + ", are " + further);
        } else if (options.mostAttempts() * options.timeout().toSeconds() > LONGEST_TIMEOUT_S) {
            problems.add(
                    fields.path(TIMEOUT),
                    "times the number of attempts must be at most " + LONGEST_TIMEOUT_S
                            + " seconds, because Step Functions ends an execution after a year; is "
                            + options.timeout().toSeconds() + " × " + options.mostAttempts());
        }
        return options;
    }

    /** The number of attempts that the run can have. */
    public int mostAttempts() {
        return 1 + retriesAllowed + interruptionsAllowed.orElse(0);
    }

    /** Whether the commands are told which attempt they are in, and where to save what the next one continues with. */
    public boolean continues() {
        return interruptionsAllowed.isPresent() || !onInterrupt.isEmpty();
    }
}
