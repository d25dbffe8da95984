package dev.wakebox.local.simulation;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.compute.launch.InMemoryAgents;
import dev.wakebox.functions.reaper.Limits;
import dev.wakebox.functions.reaper.Sweep;
import dev.wakebox.functions.start.Starter;
import dev.wakebox.functions.stop.Stopper;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import dev.wakebox.storage.StoredObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One story of the training server: clients that request runs all the time, trainers that finish, crash, hang or are
 * stopped by hand, operators, and AWS with its late, doubled and reordered events and its slow invocations.
 *
 * <p>The story assumes of AWS that an invocation is shorter than an instance's stop or boot.
 */
final class World {
    enum Fact {
        RUN_FINISHED,
        RUN_ENDED_BY_TIME_LIMIT,
        TRAINER_CRASHED,
        STOPPED_BY_HAND,
        STARTED_BY_HAND,
        ORDERED_TO_STOP,
        TRAIN_DIED_AFTER_CLAIM,
        CLAIM_REFUSED,
        INVOCATION_KILLED,
        EVENT_DELIVERED_AGAIN,
        SWEEP_ENDED_RUN,
        SWEEP_STOPPED_INSTANCE,
        LATE_STOP_EVENT
    }

    static final Duration CLIENTS_FOR = Duration.ofMinutes(150);
    static final Duration TIME_LIMIT = Duration.ofMinutes(60);
    private static final Limits LIMITS = Limits.ofRun(TIME_LIMIT, Duration.ofMinutes(10));
    static final Duration EVERYTHING = CLIENTS_FOR.plus(TIME_LIMIT).plus(Duration.ofMinutes(90));

    private static final String OPERATOR = "POST /stop";
    private static final String ID = "i-0123456789abcdef0";
    private static final Duration INVOCATION = Duration.ofSeconds(15);
    private static final Duration REDELIVERY = Duration.ofSeconds(90);

    private final Timeline timeline = new Timeline(Instant.parse("2026-11-22T12:00:00Z"));
    private final Instant start = timeline.now();
    private final InMemoryObjectStore objects = new InMemoryObjectStore(timeline.clock());
    private final InMemoryInstances instances = new InMemoryInstances(timeline.clock());
    private final StatusStore statuses = new StatusStore(objects, timeline.clock());
    private final List<String> story = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final ConcurrentMap<Fact, Integer> facts;
    private final Random random;

    /** The current run of a trainer. */
    private @Nullable String working;

    /** Counts the starts and stops of the instance, so that actions planned for an earlier start don't run. */
    private int life;

    /** The runs that may be ended: they are over, or an operator or their client cancelled them. */
    private final Set<String> over = new HashSet<>();

    private int runs;

    World(long seed, ConcurrentMap<Fact, Integer> facts) {
        this.random = new Random(seed);
        this.facts = facts;
        instances.set(ID, InstanceState.STOPPED);
    }

    void play() {
        // The instance counts as launched at the start: no run is claimed within the second in which it was launched
        // and stopped.
        timeline.after(Duration.ofMinutes(1), () -> {});
        timeline.runUntil(start.plus(Duration.ofMinutes(1)));
        everyNowAndThen(Duration.ofMinutes(4), this::train);
        everyNowAndThen(Duration.ofMinutes(90), this::stopByHand);
        everyNowAndThen(Duration.ofMinutes(150), this::startByHand);
        everyNowAndThen(Duration.ofMinutes(200), this::orderToStop);
        timeline.after(seconds(0, 300), this::schedule);
        timeline.runUntil(start.plus(EVERYTHING));
    }

    List<String> violations() {
        return violations;
    }

    ServerStatus status() {
        return statuses.read().status();
    }

    InstanceState instance() {
        return instances.describe(ID).orElseThrow().state();
    }

    boolean orderIsLeft() {
        return objects.head(TrainingJobFile.KEY).isPresent();
    }

    String story() {
        return String.join("\n", story);
    }

    // The actors

    private void everyNowAndThen(Duration mean, Runnable what) {
        Duration wait = Duration.ofMillis((long) (-Math.log(1 - random.nextDouble()) * mean.toMillis()));
        timeline.after(wait, () -> {
            if (timeline.now().isBefore(start.plus(CLIENTS_FOR))) {
                what.run();
                everyNowAndThen(mean, what);
            }
        });
    }

    private void train() {
        String token = "run-" + ++runs;
        boolean dies = chance(0.05);
        invoke(
                "train " + token,
                (store, compute) -> {
                    Optional<Instance> instance = compute.describe(ID);
                    var seen = new StatusStore(store, timeline.clock()).read();
                    if (seen.status().active() || instance.orElseThrow().state() == InstanceState.STOPPING) {
                        note(Fact.CLAIM_REFUSED, "");
                        return token + " refused";
                    }
                    var claimed = seen.status().claimedBy(token, "textclassification", timeline.now());
                    try {
                        new StatusStore(store, timeline.clock()).replace(seen, claimed);
                    } catch (PreconditionFailedException e) {
                        note(Fact.CLAIM_REFUSED, "");
                        return token + " refused";
                    }
                    if (dies) {
                        throw new Timeline.Killed();
                    }
                    store.put(
                            TrainingJobFile.KEY,
                            token.getBytes(StandardCharsets.UTF_8),
                            "application/json",
                            new Condition.Always());
                    return token + " claimed";
                },
                failure -> {
                    if (failure instanceof Timeline.Killed && status().token().equals(token)) {
                        note(Fact.TRAIN_DIED_AFTER_CLAIM, token);
                        over.add(token);
                    }
                });
    }

    private void stopByHand() {
        if (instance() == InstanceState.RUNNING) {
            note(Fact.STOPPED_BY_HAND, "");
            over.add(status().token());
            instances.stop(ID);
            stopping();
        }
    }

    private void startByHand() {
        if (instance() == InstanceState.STOPPED) {
            note(Fact.STARTED_BY_HAND, "");
            instances.start(ID);
            pending();
        }
    }

    private void orderToStop() {
        note(Fact.ORDERED_TO_STOP, "");
        invoke(OPERATOR, (store, compute) -> new Stopper(store, compute, ID, timeline.clock()).ordered());
    }

    private void schedule() {
        deliver("sweep", 2, this::sweep);
        timeline.after(Duration.ofMinutes(5), this::schedule);
    }

    private String sweep(ObjectStore store, Instances compute) {
        var action = new Sweep(store, compute, ID, new InMemoryAgents(), timeline.clock(), LIMITS).run();
        switch (action.word()) {
            case "end-run" -> note(Fact.SWEEP_ENDED_RUN, "");
            case "stop-instance" -> note(Fact.SWEEP_STOPPED_INSTANCE, "");
            default -> {}
        }
        if (action.reason().contains("time limit")) {
            note(Fact.RUN_ENDED_BY_TIME_LIMIT, "");
        }
        return action.word() + ": " + action.reason();
    }

    // The instance

    private void pending() {
        int thisLife = ++life;
        timeline.after(seconds(20, 60), () -> {
            if (life == thisLife) {
                instances.set(ID, InstanceState.RUNNING);
                tell("instance running");
                timeline.after(seconds(2, 20), () -> boot(thisLife));
            }
        });
    }

    private void stopping() {
        int thisLife = ++life;
        working = null;
        tell("instance stopping");
        timeline.after(seconds(20, 90), () -> {
            if (life == thisLife) {
                instances.set(ID, InstanceState.STOPPED);
                tell("instance stopped");
                announce("sweep", 2, this::sweep);
            }
        });
    }

    private void boot(int thisLife) {
        Optional<StoredObject> job = objects.get(TrainingJobFile.KEY);
        if (life != thisLife || job.isEmpty()) {
            return;
        }
        String token = new String(job.get().body(), StandardCharsets.UTF_8);
        working = token;
        tell("trainer works on " + token);
        double fate = random.nextDouble();
        if (fate < 0.05) {
            return; // hangs
        }
        timeline.after(seconds(1, 1500), () -> {
            if (life != thisLife) {
                return;
            }
            working = null;
            if (fate < 0.15) {
                note(Fact.TRAINER_CRASHED, token);
                return;
            }
            over.add(token);
            if (fate < 0.25) {
                note(Fact.TRAINER_CRASHED, token + ", and the instance shuts down");
                instances.stop(ID);
                stopping();
            } else {
                note(Fact.RUN_FINISHED, token);
                removeJob();
            }
        });
    }

    // AWS

    private void removeJob() {
        if (objects.head(TrainingJobFile.KEY).isPresent()) {
            objects.delete(TrainingJobFile.KEY);
            Instant time = timeline.now().truncatedTo(ChronoUnit.MILLIS);
            announce("stop", 20, (store, compute) -> {
                String message = new Stopper(store, compute, ID, timeline.clock()).jobRemoved(time);
                if (message.startsWith("Late event")) {
                    note(Fact.LATE_STOP_EVENT, "");
                }
                return message;
            });
        }
    }

    /** Delivers an event at least once: usually soon, sometimes twice, sometimes much later. */
    private void announce(String name, int deliveries, Work work) {
        do {
            Duration delay = chance(0.15) ? seconds(5, 1200) : seconds(0, 5);
            timeline.after(delay, () -> deliver(name, deliveries, work));
        } while (chance(0.3));
    }

    private void deliver(String name, int deliveries, Work work) {
        invoke(name, work, failure -> {
            if (failure != null && deliveries > 1) {
                note(Fact.EVENT_DELIVERED_AGAIN, name);
                timeline.after(REDELIVERY, () -> deliver(name, deliveries - 1, work));
            }
        });
    }

    private interface Work {
        String run(ObjectStore store, Instances compute);
    }

    private void invoke(String name, Work work) {
        invoke(name, work, failure -> {});
    }

    private void invoke(String name, Work work, Consumer<@Nullable Throwable> ended) {
        Runnable begin = () -> timeline.invoke(
                INVOCATION,
                this::latency,
                process -> tell(
                        name + " > " + work.run(new SteppedStore(process, name), new SteppedInstances(process, name))),
                failure -> {
                    switch (failure) {
                        case null -> {}
                        case Timeline.Killed killed -> note(Fact.INVOCATION_KILLED, name);
                        case WakeboxException e -> tell(name + " > " + e.getMessage());
                        default -> throw new AssertionError(name + " failed in an unexpected way", failure);
                    }
                    ended.accept(failure);
                });
        timeline.after(latency(), begin);
    }

    /** Usually milliseconds, sometimes seconds, rarely longer than a function's timeout. */
    private Duration latency() {
        double kind = random.nextDouble();
        return kind < 0.8 ? millis(1, 200) : kind < 0.985 ? millis(200, 6_000) : millis(6_000, 20_000);
    }

    // What must never happen

    /** Checks an action that takes something away from the run that holds the claim. */
    private void harms(String name, String what, boolean onlyWhileWorking) {
        ServerStatus status = status();
        if (name.equals(OPERATOR)) {
            over.add(status.token());
        }
        Instant since = status.since();
        boolean works = status.token().equals(working);
        boolean ofASweep = status.token().isEmpty();
        if (!status.active()
                || since == null
                || ofASweep
                || over.contains(status.token())
                || (onlyWhileWorking && !works)) {
            return;
        }
        Duration limit = works ? TIME_LIMIT : LIMITS.start();
        if (!timeline.now().isAfter(since.plus(limit))) {
            violations.add(name + " " + what + " of " + status.token());
            tell("VIOLATION: " + violations.getLast());
        }
    }

    private final class SteppedStore implements ObjectStore {
        private final Timeline.Invoked process;
        private final String name;

        SteppedStore(Timeline.Invoked process, String name) {
            this.process = process;
            this.name = name;
        }

        @Override
        public Optional<StoredObject> get(String key) {
            process.pause();
            return objects.get(key);
        }

        @Override
        public Optional<ObjectInfo> head(String key) {
            process.pause();
            return objects.head(key);
        }

        @Override
        public String put(String key, byte[] body, String contentType, Condition condition) {
            process.pause();
            boolean overOthers = key.equals(StatusStore.KEY)
                    && condition.equals(statuses.read().unchanged());
            if (overOthers) {
                harms(name, "ended the claim", false);
            }
            String etag = objects.put(key, body, contentType, condition);
            tell(name + " wrote " + key + " "
                    + (key.equals(StatusStore.KEY) ? status().state().word() : ""));
            if (overOthers && !status().active() && chance(0.3)) {
                timeline.after(seconds(0, 5), World.this::train); // a client has waited for this
            }
            if (key.equals(TrainingJobFile.KEY)) {
                announce("start", 20, (store, compute) -> new Starter(store, compute, ID, timeline.clock())
                        .jobCreated());
            }
            process.pause();
            return etag;
        }

        @Override
        public void delete(String key) {
            process.pause();
            harms(name, "deleted the work order", false);
            removeJob();
            process.pause();
        }

        @Override
        public void delete(String key, Condition.Unchanged condition) {
            process.pause();
            if (!objects.head(key).map(ObjectInfo::etag).equals(Optional.of(condition.etag()))) {
                throw new PreconditionFailedException(key);
            }
            harms(name, "deleted the work order", false);
            removeJob();
            process.pause();
        }
    }

    private final class SteppedInstances implements Instances {
        private final Timeline.Invoked process;
        private final String name;

        SteppedInstances(Timeline.Invoked process, String name) {
            this.process = process;
            this.name = name;
        }

        @Override
        public Optional<Instance> describe(String id) {
            process.pause();
            return instances.describe(id);
        }

        @Override
        public void start(String id) {
            process.pause();
            InstanceState before = instance();
            instances.start(id);
            if (before == InstanceState.STOPPED) {
                tell(name + " started the instance");
                pending();
            }
            process.pause();
        }

        @Override
        public void stop(String id) {
            process.pause();
            InstanceState before = instance();
            if (before.up()) {
                harms(name, "stopped the instance", true);
            }
            instances.stop(id);
            if (before.up()) {
                tell(name + " stopped the instance");
                stopping();
            }
            process.pause();
        }
    }

    private void note(Fact fact, String detail) {
        facts.merge(fact, 1, Integer::sum);
        tell(fact + " " + detail);
    }

    private void tell(String line) {
        story.add(timeline.now() + " " + line);
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private Duration seconds(int from, int to) {
        return millis(from * 1000, to * 1000);
    }

    private Duration millis(int from, int to) {
        return Duration.ofMillis(random.nextInt(from, to));
    }
}
