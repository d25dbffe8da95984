package dev.wakebox.local.host;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Starts processes that never outlive this one, in whatever way it ends. Thread-safe.
 *
 * <p>On Linux the kernel kills them when the thread that started them ends ({@code PR_SET_PDEATHSIG}, through {@code
 * setpriv}), so one thread that lives as long as this object starts them all. Without {@code setpriv}, only {@link
 * #close()} ends them. Each has its own session, so that Ctrl-C reaches only this process, which then ends them in
 * order.
 */
public final class ChildProcesses implements AutoCloseable {
    private final ExecutorService starter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("child-processes").factory());
    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private final List<String> prefix;

    public ChildProcesses() {
        List<String> setpriv = List.of("setpriv", "--pdeathsig", "KILL", "setsid");
        prefix = works(setpriv) ? setpriv : List.of();
    }

    public Process start(ProcessBuilder builder) throws IOException {
        builder.command(
                Stream.concat(prefix.stream(), builder.command().stream()).toList());
        try {
            Process process = starter.submit(builder::start).get();
            running.add(process);
            var _ = process.onExit().thenAccept(running::remove);
            return process;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(
                    "interrupted while starting " + builder.command().getFirst(), e);
        }
    }

    /** Kills the running processes with all their children, and waits until they have ended. */
    @Override
    public void close() {
        List<Process> left = List.copyOf(running);
        left.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
        left.forEach(process -> process.onExit().join());
        starter.shutdown();
    }

    private static boolean works(List<String> setpriv) {
        try {
            return new ProcessBuilder(Stream.concat(setpriv.stream(), Stream.of("true"))
                                    .toList())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
