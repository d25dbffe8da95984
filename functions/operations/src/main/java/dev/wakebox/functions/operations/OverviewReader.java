package dev.wakebox.functions.operations;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.compute.launch.BilledInstance;
import dev.wakebox.compute.launch.BilledInstances;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.Prices;
import dev.wakebox.deadletters.DeadLetterQueue;
import dev.wakebox.functions.operations.Overview.LastRun;
import dev.wakebox.functions.operations.Overview.Machine;
import dev.wakebox.functions.operations.Overview.OfRun;
import dev.wakebox.functions.operations.Overview.TrainingServer;
import dev.wakebox.runs.RunListing;
import dev.wakebox.runs.RunSummary;
import dev.wakebox.runs.Runs;
import dev.wakebox.runs.RunsCaller;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the state of the stack, as far as a caller may see it. A part that can't be read doesn't hide the others. Thread-safe. */
final class OverviewReader {
    private static final Logger log = LoggerFactory.getLogger(OverviewReader.class);
    private static final int LAST_RUNS = 10;
    private static final int MOST_REMEMBERED = 1_000;
    private static final Set<String> BILLED = Set.of("pending", "running", "stopping");

    /**
     * The stack. What it doesn't have is empty.
     *
     * @param training the status of the training server
     */
    record Stack(
            String name,
            Optional<StatusStore> training,
            Optional<String> trainingInstance,
            Optional<String> processingInstance,
            Optional<Runs> runs,
            Optional<String> awsConsole) {}

    private final Stack stack;
    private final BilledInstances instances;
    private final Prices prices;
    private final StackAlarms alarms;
    private final StackDeadLetters deadLetters;
    private final Clock clock;
    /** Of runs that have ended, which stay as they are. */
    private final Map<String, String> outcomes = new ConcurrentHashMap<>();

    OverviewReader(
            Stack stack,
            BilledInstances instances,
            Prices prices,
            StackAlarms alarms,
            StackDeadLetters deadLetters,
            Clock clock) {
        this.stack = requireNonNull(stack, "stack is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.prices = requireNonNull(prices, "prices is null");
        this.alarms = requireNonNull(alarms, "alarms is null");
        this.deadLetters = requireNonNull(deadLetters, "deadLetters is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** @param caller empty without a token, on a stack that needs none: it sees what {@code GET /status} says */
    Overview read(Optional<RunsCaller> caller) {
        var unavailable = new ArrayList<String>();
        boolean operator = caller.filter(RunsCaller::operator).isPresent();
        Optional<RunsCaller> reader = caller.filter(RunsCaller::mayRead);
        return new Overview(
                stack.training().flatMap(status -> part("training", unavailable, () -> training(status, operator))),
                stack.processingInstance()
                        .filter(_ -> operator)
                        .flatMap(id -> part("processing", unavailable, () -> machine(id)))
                        .flatMap(found -> found),
                reader.filter(_ -> stack.runs().isPresent())
                        .flatMap(by -> part("instances", unavailable, () -> instances(by))),
                reader.flatMap(by -> stack.runs().flatMap(runs -> part("runs", unavailable, () -> last(runs, by)))),
                operator ? part("alarms", unavailable, alarms::all) : Optional.empty(),
                operator ? part("dead_letters", unavailable, this::deadLetters) : Optional.empty(),
                stack.awsConsole(),
                unavailable);
    }

    private <T> Optional<T> part(String name, List<String> unavailable, Supplier<T> read) {
        try {
            return Optional.of(AwsErrors.translated("read the overview's " + name, read));
        } catch (WakeboxException e) {
            log.warn("The overview lacks {}: {}", name, e.getMessage());
            unavailable.add(name);
            return Optional.empty();
        }
    }

    private TrainingServer training(StatusStore statuses, boolean operator) {
        ServerStatus status = statuses.read().status();
        return new TrainingServer(
                status.state().word(),
                operator && status.active() ? Optional.of(status.token()) : Optional.empty(),
                operator ? Optional.ofNullable(status.since()) : Optional.empty(),
                operator ? stack.trainingInstance().flatMap(this::machine) : Optional.empty());
    }

    private List<OfRun> instances(RunsCaller caller) {
        return instances.ofRuns(stack.name()).stream()
                .filter(instance -> caller.sees(instance.run()))
                .map(instance -> new OfRun(
                        machine(instance),
                        instance.run(),
                        RunTags.attempt(instance.tags()),
                        instance.tags().getOrDefault(RunTags.EXPIRES_AT, "")))
                .toList();
    }

    private List<DeadLetterQueue.Count> deadLetters() {
        return deadLetters.counts().stream()
                .filter(count -> count.messages() + count.inFlight() > 0)
                .toList();
    }

    private Optional<Machine> machine(String id) {
        return instances.find(id).map(this::machine);
    }

    private Machine machine(BilledInstance instance) {
        return new Machine(
                instance.id(),
                instance.type(),
                instance.state(),
                instance.spot(),
                instance.launchedAt(),
                BILLED.contains(instance.state()) ? price(instance) : Optional.empty());
    }

    private Optional<BigDecimal> price(BilledInstance instance) {
        try {
            return prices.of(
                    instance.spot()
                            ? new PricedItem.SpotInstanceHour(instance.type(), instance.zone(), clock.instant())
                            : new PricedItem.InstanceHour(instance.type()));
        } catch (WakeboxException e) {
            log.warn("The price of {} is unknown: {}", instance.type(), e.getMessage());
            return Optional.empty();
        }
    }

    private List<LastRun> last(Runs runs, RunsCaller caller) {
        var query = RunListing.Query.newest(LAST_RUNS);
        return new RunListing(runs)
                .page(caller, query).runs().stream()
                        .map(run -> new LastRun(
                                run.name(), run.status(), run.startedAt(), run.endedAt(), outcome(runs, run)))
                        .toList();
    }

    private Optional<String> outcome(Runs runs, RunSummary run) {
        if (run.endedAt().isEmpty()) {
            return Optional.empty();
        }
        String known = outcomes.get(run.execution());
        if (known != null) {
            return Optional.of(known);
        }
        try {
            Optional<String> outcome = AwsErrors.translated("read a run", () -> runs.outcome(run.execution()));
            if (outcomes.size() >= MOST_REMEMBERED) {
                outcomes.clear();
            }
            outcome.ifPresent(word -> outcomes.put(run.execution(), word));
            return outcome;
        } catch (WakeboxException e) {
            log.warn("The outcome of {} is unknown: {}", run.name(), e.getMessage());
            return Optional.empty();
        }
    }
}
