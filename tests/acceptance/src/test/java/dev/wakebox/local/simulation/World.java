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
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.status.TrainingNotices;
import dev.wakebox.status.TrainingQueue;
import dev.wakebox.status.WaitingTraining;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import dev.wakebox.storage.StoredObject;
import dev.wakebox.webhooks.Notices;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
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
        LATE_STOP_EVENT,
        QUEUED,
        QUEUE_FULL,
        SWEEP_BEGAN_NEXT,
        EVENT_LOST
    }

    /** What comes up only with a queue. */
    static final Set<Fact> OF_A_QUEUE = Set.of(Fact.QUEUED, Fact.QUEUE_FULL, Fact.SWEEP_BEGAN_NEXT, Fact.EVENT_LOST);

    static final Duration CLIENTS_FOR = Duration.ofMinutes(150);
    static final Duration TIME_LIMIT = Duration.ofMinutes(60);
    private static final Limits LIMITS = Limits.ofRun(TIME_LIMIT, Duration.ofMinutes(10));
    static final Duration EVERYTHING = CLIENTS_FOR.plus(TIME_LIMIT).plus(Duration.ofMinutes(90));
    private static final Duration EACH_WAITING = TIME_LIMIT.plus(Duration.ofMinutes(20));

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

    /** The trainings of the queue that have yet to get the server, in the order in which they were stored. */
    private final List<String> line = new ArrayList<>();

    /** The trainings of the queue that have the server or had it. */
    private final Set<String> begun = new HashSet<>();

    private final Set<String> handedOver = new HashSet<>();
    private final Set<String> finished = new HashSet<>();
    private final int places;

    /** @param places how many trainings may wait */
    World(long seed, ConcurrentMap<Fact, Integer> facts, int places) {
        this.random = new Random(seed);
        this.facts = facts;
        this.places = places;
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
        timeline.runUntil(start.plus(EVERYTHING).plus(EACH_WAITING.multipliedBy(places)));
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

    /** The trainings that wait, or that should. */
    List<String> waiting() {
        var waiting = new ArrayList<>(line);
        status().queue().forEach(training -> waiting.add(training.token()));
        return waiting;
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
                    if (places > 0
                            && (seen.status().active() || !seen.status().queue().isEmpty())) {
                        return queueUp(store, token);
                    }
                    if (seen.status().active()
                            || (places == 0 && instance.orElseThrow().state() == InstanceState.STOPPING)) {
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
                    return handOver(store, token) ? token + " claimed" : token + " refused";
                },
                failure -> {
                    if (failure instanceof Timeline.Killed && status().token().equals(token)) {
                        note(Fact.TRAIN_DIED_AFTER_CLAIM, token);
                        over.add(token);
                    }
                });
    }

    /** As `train` does: replaces only an order that an earlier run has left. */
    private boolean handOver(ObjectStore store, String token) {
        Condition condition = new Condition.Absent();
        while (true) {
            try {
                store.put(TrainingJobFile.KEY, order(token), "application/json", condition);
                return true;
            } catch (PreconditionFailedException e) {
                Optional<ObjectInfo> present = store.head(TrainingJobFile.KEY);
                if (!new StatusStore(store, timeline.clock())
                        .read()
                        .status()
                        .token()
                        .equals(token)) {
                    return false;
                }
                condition = present.<Condition>map(left -> new Condition.Unchanged(left.etag()))
                        .orElseGet(Condition.Absent::new);
            }
        }
    }

    /** As `train` does: first the order, then the place. */
    private String queueUp(ObjectStore store, String token) {
        var training = new WaitingTraining(token, "textclassification", timeline.now());
        var records = new StatusStore(store, timeline.clock());
        store.put(training.orderKey(), order(token), "application/json", new Condition.Absent());
        for (int attempt = 0; attempt < 10; attempt++) {
            var base = records.read();
            if (base.status().waiting().size() >= places) {
                note(Fact.QUEUE_FULL, token);
                return token + " refused";
            }
            try {
                ServerStatus longer = base.status().withWaiting(training);
                var stored = records.replace(base, longer.active() ? longer : longer.ended(timeline.now()));
                note(Fact.QUEUED, token);
                queue(store, records).advance(stored);
                return token + " queued";
            } catch (PreconditionFailedException e) {
                // another writer was faster
            }
        }
        return token + " refused";
    }

    private TrainingQueue queue(ObjectStore store, StatusStore records) {
        return new TrainingQueue(
                store, records, new TrainingNotices(store, Notices.NONE, timeline.clock()), timeline.clock(), places);
    }

    private static byte[] order(String token) {
        return Json.bytes(JsonObject.of("token", token));
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
        invoke(OPERATOR, (store, compute) -> stopper(store, compute).ordered());
    }

    private Stopper stopper(ObjectStore store, Instances compute) {
        return new Stopper(store, compute, ID, timeline.clock(), Notices.NONE, places);
    }

    private void schedule() {
        deliver("sweep", 2, this::sweep);
        timeline.after(Duration.ofMinutes(5), this::schedule);
    }

    private String sweep(ObjectStore store, Instances compute) {
        var action = new Sweep(store, compute, ID, new InMemoryAgents(), timeline.clock(), LIMITS, Notices.NONE, places)
                .run();
        switch (action.word()) {
            case "end-run" -> note(Fact.SWEEP_ENDED_RUN, "");
            case "stop-instance" -> note(Fact.SWEEP_STOPPED_INSTANCE, "");
            case "begin-next" -> note(Fact.SWEEP_BEGAN_NEXT, "");
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
        String token = Json.object(job.get().body()).text("token");
        working = token;
        if (finished.contains(token)) {
            violated("trained again: " + token);
        }
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
                finished.add(token);
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
                String message = stopper(store, compute).jobRemoved(time);
                if (message.startsWith("Late event")) {
                    note(Fact.LATE_STOP_EVENT, "");
                }
                return message;
            });
        }
    }

    /**
     * Delivers an event at least once: usually soon, sometimes twice, sometimes much later. With a queue, some ends of runs
     * are lost.
     */
    private void announce(String name, int deliveries, Work work) {
        if (places > 0 && name.equals("stop") && chance(0.05)) {
            note(Fact.EVENT_LOST, name);
            return;
        }
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
            violated(name + " " + what + " of " + status.token());
        }
    }

    private void violated(String what) {
        violations.add(what);
        tell("VIOLATION: " + what);
    }

    private static boolean endsTheClaim(ServerStatus before, ServerStatus after) {
        return !(after.token().equals(before.token()) && Objects.equals(after.since(), before.since()));
    }

    /** The queue moves in its order, and a training that leaves it gets its order. */
    private void follow(String name, ServerStatus before, ServerStatus after) {
        if (endsTheClaim(before, after)
                && begun.contains(before.token())
                && !handedOver.contains(before.token())
                && !name.equals(OPERATOR)) {
            violated(name + " ended " + before.token() + ", which never got its order");
        }
        after.queue().stream()
                .map(WaitingTraining::token)
                .filter(token -> !line.contains(token) && !begun.contains(token))
                .forEach(line::add);
        if (line.contains(after.token())) {
            if (!line.getFirst().equals(after.token())) {
                violated(after.token() + " began before " + line.getFirst());
            }
            line.remove(after.token());
            begun.add(after.token());
        }
        if (!line.equals(after.waiting().stream().map(WaitingTraining::token).toList())) {
            violated(name + " lost one of " + line + ", has " + after.waiting());
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
            ServerStatus before = status();
            if (overOthers && endsTheClaim(before, ServerStatus.parse(body, timeline.now()))) {
                harms(name, "ended the claim", false);
            }
            String etag = objects.put(key, body, contentType, condition);
            if (key.equals(StatusStore.KEY)) {
                follow(name, before, status());
            }
            if (key.equals(TrainingJobFile.KEY)) {
                handedOver.add(Json.object(body).text("token"));
            }
            tell(name + " wrote " + key + " "
                    + (key.equals(StatusStore.KEY) ? status().state().word() : ""));
            if (overOthers && !status().active() && chance(0.3)) {
                timeline.after(seconds(0, 5), World.this::train); // a client has waited for this
            }
            if (key.equals(TrainingJobFile.KEY)) {
                announce("start", 20, (store, compute) -> new Starter(store, compute, ID, timeline.clock(), places)
                        .jobCreated());
            }
            process.pause();
            return etag;
        }

        @Override
        public void delete(String key) {
            process.pause();
            if (!key.equals(TrainingJobFile.KEY)) {
                objects.delete(key);
                process.pause();
                return;
            }
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
