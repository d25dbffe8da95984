package dev.wakebox.local.ec2;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** A command and all processes that it started. Thread-safe. */
final class ProcessGroup {
    private static final int LOST = 255;

    private final Process supervisor;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    /** @param listener receives the requests of the group to its instance: {@code shutdown}, {@code reboot} or {@code later} */
    ProcessGroup(Process supervisor, Consumer<String> listener) {
        this.supervisor = supervisor;
        Thread.ofPlatform().daemon().name("group-" + supervisor.pid()).start(() -> listen(listener));
    }

    /** @param action receives the exit code of the command itself; its background processes may still be running */
    void onExit(IntConsumer action) {
        var _ = exit.thenAccept(action::accept);
    }

    /** @param action runs when no process is left of those that {@link #end} ends */
    void onEnded(Runnable action) {
        var _ = ended.thenRun(action);
    }

    void onGone(Runnable action) {
        var _ = gone.thenRun(action);
    }

    /** Completes when no process of the group is left. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    /** SIGTERM now, SIGKILL after the grace time. */
    void stop(Duration grace) {
        order("stop", grace);
    }

    /** As {@link #stop}, but processes in a session or a process group of their own continue, as when Systems Manager ends a command. */
    void end(Duration grace) {
        order("end", grace);
    }

    private void order(String name, Duration grace) {
        String order = String.format(Locale.ROOT, "%s %.3f\n", name, grace.toMillis() / 1000.0);
        try {
            OutputStream orders = supervisor.getOutputStream();
            orders.write(order.getBytes(StandardCharsets.US_ASCII));
            orders.flush();
        } catch (IOException e) {
            // The supervisor has ended, and with it the group, because listen() ends the group.
        }
    }

    /** SIGKILL now. */
    void kill() {
        try {
            supervisor.getOutputStream().close();
        } catch (IOException e) {
            // The same as in stop().
        }
    }

    private void listen(Consumer<String> listener) {
        long group = 0;
        boolean clean = false;
        try (BufferedReader lines = supervisor.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", 2);
                switch (words[0]) {
                    case "pid" -> group = Long.parseLong(words[1]);
                    case "exit" -> exit.complete(Integer.parseInt(words[1]));
                    case "ended" -> ended.complete(null);
                    case "gone" -> clean = true;
                    default -> listener.accept(line);
                }
            }
        } catch (IOException e) {
            clean = false;
        }
        try {
            supervisor.waitFor();
            if (!clean && group != 0) {
                new ProcessBuilder("kill", "-KILL", "--", "-" + group)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            }
        } catch (IOException e) {
            throw new IllegalStateException("Cannot run kill; the process group " + group + " may still run.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exit.complete(LOST);
            ended.complete(null);
            gone.complete(null);
        }
    }
}
