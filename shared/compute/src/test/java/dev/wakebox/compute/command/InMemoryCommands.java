package dev.wakebox.compute.command;

import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Systems Manager in memory: keeps what was sent; how far it is, is the test's to say. */
public final class InMemoryCommands implements RemoteCommands {
    private record Entry(SentCommand command, ShellScript script) {}

    private final List<Entry> sent = new ArrayList<>();
    private final Map<String, CommandResult> results = new LinkedHashMap<>();
    private final List<String> cancelled = new ArrayList<>();
    private final Clock clock;
    private @Nullable WakeboxException failure;
    private @Nullable WakeboxException cancelFailure;
    private boolean failAfterSending;

    public InMemoryCommands(Clock clock) {
        this.clock = clock;
    }

    /** From now on every operation fails; null mends that. */
    public void fail(@Nullable WakeboxException failure) {
        this.failure = failure;
    }

    /** From now on nothing can be cancelled. */
    public void failToCancel(WakeboxException failure) {
        cancelFailure = failure;
    }

    /** The next command is sent, but the answer is lost. */
    public void loseTheNextAnswer(WakeboxException failure) {
        this.failure = failure;
        this.failAfterSending = true;
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
    public SentCommand send(ShellScript script) {
        failIfAsked();
        var command = new SentCommand("command-" + (sent.size() + 1), script.instanceId(), clock.instant());
        sent.add(new Entry(command, script));
        if (failAfterSending && failure != null) {
            WakeboxException lost = failure;
            failAfterSending = false;
            failure = null;
            throw lost;
        }
        return command;
    }

    @Override
    public Optional<CommandResult> look(SentCommand command) {
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
