package dev.wakebox.compute.command;

import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Systems Manager in memory: keeps the commands that were sent. The test sets their status. */
public final class InMemoryCommands implements RemoteCommands {
    private record Entry(SentCommand command, ShellScript script) {}

    private final List<Entry> sent = new ArrayList<>();
    private final Map<String, CommandResult> results = new LinkedHashMap<>();
    private final List<String> cancelled = new ArrayList<>();
    private final Clock clock;
    private @Nullable WakeboxException failure;
    private @Nullable WakeboxException cancelFailure;
    private boolean failAfterSending;
    private boolean unreachable;

    public InMemoryCommands(Clock clock) {
        this.clock = clock;
    }

    /** Makes every operation fail from now on; null ends that. */
    public void fail(@Nullable WakeboxException failure) {
        this.failure = failure;
    }

    /** Makes cancellations fail from now on. */
    public void failToCancel(WakeboxException failure) {
        cancelFailure = failure;
    }

    /** Sends the next command, but loses the answer. */
    public void loseTheNextAnswer(WakeboxException failure) {
        this.failure = failure;
        this.failAfterSending = true;
    }

    /** Whether the agent of every instance is disconnected from Systems Manager. */
    public void disconnect(boolean unreachable) {
        this.unreachable = unreachable;
    }

    public void set(String commandId, CommandResult result) {
        results.put(commandId, result);
    }

    public List<ShellScript> scripts() {
        return sent.stream().map(Entry::script).toList();
    }

    public List<String> cancelled() {
        return List.copyOf(cancelled);
    }

    @Override
    public Optional<SentCommand> find(String instanceId, String label) {
        failIfAsked();
        return sent.stream()
                .filter(entry -> entry.script().instanceId().equals(instanceId)
                        && entry.script().label().equals(label))
                .map(Entry::command)
                .findFirst();
    }

    @Override
    public Optional<SentCommand> send(ShellScript script) {
        failIfAsked();
        if (unreachable) {
            return Optional.empty();
        }
        var command = new SentCommand("command-" + (sent.size() + 1), script.instanceId(), clock.instant());
        sent.add(new Entry(command, script));
        if (failAfterSending && failure != null) {
            WakeboxException lost = failure;
            failAfterSending = false;
            failure = null;
            throw lost;
        }
        return Optional.of(command);
    }

    @Override
    public Optional<CommandResult> poll(SentCommand command) {
        failIfAsked();
        return Optional.ofNullable(results.get(command.commandId()));
    }

    @Override
    public void cancel(SentCommand command) {
        failIfAsked();
        if (cancelFailure != null) {
            throw cancelFailure;
        }
        cancelled.add(command.commandId());
    }

    private void failIfAsked() {
        if (failure != null && !failAfterSending) {
            throw failure;
        }
    }
}
