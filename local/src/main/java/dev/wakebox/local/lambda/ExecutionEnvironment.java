package dev.wakebox.local.lambda;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One process that runs a function, one event at a time. Its {@link FunctionPool} changes its state, under the pool's
 * lock.
 */
final class ExecutionEnvironment {
    final String id;
    final FunctionConfiguration configuration;
    private final long started = System.nanoTime();
    private final LinkedBlockingQueue<Invocation> inbox = new LinkedBlockingQueue<>();
    private @Nullable Process process;
    private @Nullable Duration init;
    private @Nullable Invocation current;
    private long currentSince;
    private boolean initReported;

    /** Whether the function's configuration has changed since the start; the process then receives no further event. */
    boolean outdated;

    /** Why the function could not be initialized, as reported by its runtime. */
    InvocationResult.@Nullable Failure initFailure;

    /** The result of the current invocation after the process was killed, if it differs from that of a crash. */
    InvocationResult.@Nullable Failure killedFor;

    ExecutionEnvironment(String id, FunctionConfiguration configuration) {
        this.id = id;
        this.configuration = configuration;
    }

    void runs(Process started) {
        process = started;
    }

    boolean ready() {
        return init != null;
    }

    void becomeReady() {
        if (init == null) {
            init = Duration.ofNanos(System.nanoTime() - started);
        }
    }

    void give(Invocation invocation) {
        inbox.add(invocation);
    }

    /** The next invocation; empty when there is none within that time. */
    Optional<Invocation> take(Duration patience) throws InterruptedException {
        return Optional.ofNullable(inbox.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Nullable
    Invocation current() {
        return current;
    }

    void begin(Invocation invocation) {
        current = invocation;
        currentSince = System.nanoTime();
    }

    void finish() {
        current = null;
    }

    Duration busyFor() {
        return Duration.ofNanos(System.nanoTime() - currentSince);
    }

    /** How long the start took; returned only once, for the report of the first invocation. */
    Optional<Duration> initToReport() {
        if (initReported) {
            return Optional.empty();
        }
        initReported = true;
        return Optional.ofNullable(init);
    }

    /** The peak memory of the process, if the system reports it. */
    Optional<Integer> usedMb() {
        try (var lines = Files.lines(
                Path.of("/proc", String.valueOf(requireNonNull(process).pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
