package dev.wakebox.local.lambda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The execution environments of one function. They are started for events, several under load, stopped when idle, and
 * killed after a timeout. Thread-safe.
 */
public final class FunctionPool {
    /** How many events a function handles at once; further ones wait. */
    public static final int MOST_ENVIRONMENTS = 4;

    /** Lambda allows 10 s; a computer that starts four environments at once needs more. */
    private static final Duration INIT_LIMIT = Duration.ofSeconds(60);

    /** Starts the process of an environment. */
    interface Launcher {
        Process launch(ExecutionEnvironment environment) throws IOException;
    }

    private final String name;
    private final Supplier<FunctionConfiguration> configuration;
    private final Launcher launcher;
    private final Predicate<Invocation> crash;
    private final FunctionLog log;
    private final Duration idle;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final AtomicInteger started = new AtomicInteger();

    private final Map<String, ExecutionEnvironment> environments = new LinkedHashMap<>();
    private final Deque<ExecutionEnvironment> free = new ArrayDeque<>();
    private final InvocationQueue waiting;
    private boolean closed;

    /**
     * @param configuration read again for every environment
     * @param crash whether the process must crash instead of answering
     */
    FunctionPool(
            String name,
            Supplier<FunctionConfiguration> configuration,
            Launcher launcher,
            Predicate<Invocation> crash,
            FunctionLog log,
            Duration idle,
            Clock clock,
            ScheduledExecutorService timer) {
        this.name = name;
        this.configuration = configuration;
        this.launcher = launcher;
        this.crash = crash;
        this.log = log;
        this.idle = idle;
        this.clock = clock;
        this.timer = timer;
        this.waiting = new InvocationQueue(clock);
    }

    synchronized void invoke(Invocation invocation) {
        if (closed) {
            invocation.result().complete(stopping());
        } else if (free.isEmpty()) {
            waiting.add(invocation);
            startWhatIsNeeded();
        } else {
            free.pop().give(invocation);
        }
    }

    /** The next event for an environment that requests one; empty when the environment must end. */
    Optional<Invocation> next(ExecutionEnvironment environment) throws InterruptedException {
        synchronized (this) {
            environment.becomeReady();
            if (environment.outdated || tooOld(environment)) {
                environment.kill();
                return Optional.empty();
            }
            waiting.next().ifPresentOrElse(environment::give, () -> free.push(environment));
        }
        Optional<Invocation> given = environment.take(idle);
        synchronized (this) {
            free.remove(environment);
            Invocation invocation = given.or(() -> takeNow(environment)).orElse(null);
            if (invocation == null) {
                environment.kill();
                return Optional.empty();
            }
            if (!environments.containsKey(environment.id)) {
                requeue(invocation);
                return Optional.empty();
            }
            environment.begin(invocation);
            log.start(invocation.requestId());
            Duration timeout = environment.configuration.timeout();
            var _ = timer.schedule(() -> timeOut(environment, invocation), timeout.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.of(invocation);
        }
    }

    /**
     * Accepts the result of an environment's current invocation.
     *
     * @return false when that invocation isn't its current one
     */
    synchronized boolean finished(ExecutionEnvironment environment, String requestId, InvocationResult result) {
        Invocation current = environment.current();
        if (current == null || !current.requestId().equals(requestId)) {
            return false;
        }
        if (crash.test(current)) {
            environment.kill();
        } else {
            complete(environment, current, result);
        }
        return true;
    }

    synchronized Optional<ExecutionEnvironment> environment(String id) {
        return Optional.ofNullable(environments.get(id));
    }

    synchronized int size() {
        return environments.size();
    }

    /** Ends every environment, busy ones after their answer; further events go to new ones. */
    synchronized void renew() {
        environments.values().forEach(environment -> environment.outdated = true);
        free.forEach(ExecutionEnvironment::kill);
        free.clear();
    }

    /** Kills every environment and waits until they have ended; their current and waiting events fail. */
    synchronized void close() {
        closed = true;
        environments.values().forEach(environment -> {
            environment.killedFor = stopping();
            environment.kill();
        });
        waiting.failAll(stopping());
        try {
            while (!environments.isEmpty()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether its credentials could end before an event that comes as late as possible has been worked on. */
    private boolean tooOld(ExecutionEnvironment environment) {
        FunctionConfiguration configuration = environment.configuration;
        return clock.instant()
                .plus(idle)
                .plus(configuration.timeout())
                .isAfter(configuration.credentials().expiration());
    }

    private void startWhatIsNeeded() {
        long starting =
                environments.values().stream().filter(each -> !each.ready()).count();
        while (starting < waiting.size() && environments.size() < MOST_ENVIRONMENTS && !closed) {
            starting++;
            var number = started.incrementAndGet();
            start(name + "-" + number);
        }
    }

    private void start(String id) {
        FunctionConfiguration deployed;
        try {
            deployed = configuration.get();
        } catch (RuntimeException e) {
            failFirstWaiting(InvocationResult.Failure.of("Runtime.Unknown", String.valueOf(e.getMessage())));
            return;
        }
        var environment = new ExecutionEnvironment(id, deployed);
        environments.put(id, environment);
        try {
            Process process = launcher.launch(environment);
            environment.runs(process);
            var _ = process.onExit().thenAccept(ended -> exited(environment, ended.exitValue()));
            var _ = timer.schedule(() -> initTimeOut(environment), INIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            environments.remove(id);
            failFirstWaiting(InvocationResult.Failure.of(
                    "Runtime.InvalidEntrypoint", "The function's process could not be started: " + e.getMessage()));
        }
    }

    private synchronized void initTimeOut(ExecutionEnvironment environment) {
        if (!environment.ready()) {
            environment.initFailure = InvocationResult.Failure.of(
                    "Sandbox.Timedout", "The function was not ready within " + INIT_LIMIT.toSeconds() + " s.");
            environment.kill();
        }
    }

    private synchronized void timeOut(ExecutionEnvironment environment, Invocation invocation) {
        Invocation current = environment.current();
        if (current != null && current.requestId().equals(invocation.requestId())) {
            String message = String.format(
                    Locale.ROOT,
                    "%s Task timed out after %.2f seconds",
                    invocation.requestId(),
                    environment.configuration.timeout().toMillis() / 1000.0);
            log.append(clock.instant() + " " + message);
            complete(
                    environment,
                    invocation,
                    InvocationResult.Failure.of("Sandbox.Timedout", clock.instant() + " " + message));
            environment.kill();
        }
    }

    private synchronized void exited(ExecutionEnvironment environment, int exitCode) {
        environments.remove(environment.id);
        free.remove(environment);
        takeNow(environment).ifPresent(this::requeue);
        Invocation current = environment.current();
        if (current != null) {
            var crash = InvocationResult.Failure.of(
                    "Runtime.ExitError",
                    "RequestId: " + current.requestId() + " Error: Runtime exited with error: exit status " + exitCode);
            complete(environment, current, environment.killedFor == null ? crash : environment.killedFor);
        } else if (!environment.ready()) {
            failFirstWaiting(
                    environment.initFailure == null
                            ? InvocationResult.Failure.of(
                                    "Runtime.ExitError", "Runtime exited before it was ready: exit status " + exitCode)
                            : environment.initFailure);
        }
        startWhatIsNeeded();
        notifyAll();
    }

    /** Returns the event to the queue: its environment ended before the event reached the function. */
    private void requeue(Invocation invocation) {
        if (closed) {
            invocation.result().complete(stopping());
        } else {
            waiting.giveBack(invocation);
            startWhatIsNeeded();
        }
    }

    private void complete(ExecutionEnvironment environment, Invocation invocation, InvocationResult result) {
        environment.finish();
        log.end(
                invocation.requestId(),
                environment.busyFor(),
                environment.initToReport(),
                environment.configuration.memoryMb(),
                environment.usedMb());
        invocation.result().complete(result);
    }

    private void failFirstWaiting(InvocationResult.Failure failure) {
        waiting.next().ifPresent(invocation -> {
            log.start(invocation.requestId());
            log.append("INIT_REPORT Status: error " + new String(failure.payload(), StandardCharsets.UTF_8));
            invocation.result().complete(failure);
        });
    }

    private static Optional<Invocation> takeNow(ExecutionEnvironment environment) {
        try {
            return environment.take(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static InvocationResult.Failure stopping() {
        return InvocationResult.Failure.of("Runtime.Stopped", "The application is being stopped.");
    }
}
