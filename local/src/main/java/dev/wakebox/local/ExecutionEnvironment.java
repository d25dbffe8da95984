package dev.wakebox.local;

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
 * One process that runs a function, one event at a time. What happens to it is decided by its {@link FunctionPool},
 * under that one's lock; this is what it remembers.
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

    /** Whether the function's configuration has changed since; then it takes no further event. */
    boolean outdated;

    /** Why the function could not be made ready, as its runtime told. */
    InvocationResult.@Nullable Failure initFailure;

    /** What the current invocation ends with when the process is gone, where that isn't just a crash. */
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

    /** The next invocation given to it, or empty when none is for that long. */
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

    /** How long the start took; only once, for the first invocation's report. */
    Optional<Duration> initToReport() {
        if (initReported) {
            return Optional.empty();
        }
        initReported = true;
        return Optional.ofNullable(init);
    }

    /** The most memory that the process has ever used, where the system tells. */
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
