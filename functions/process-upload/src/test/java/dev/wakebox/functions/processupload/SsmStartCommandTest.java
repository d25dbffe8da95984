package dev.wakebox.functions.processupload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.command.InMemoryCommands;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SsmStartCommandTest {
    private static final String COMMAND = "docker compose --file /srv/docker-compose.yml up --build --detach";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final InstantSource time = now::get;
    private final Clock clock = time.withZone(ZoneOffset.UTC);
    private final InMemoryCommands commands = new InMemoryCommands(clock);
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final AtomicInteger names = new AtomicInteger();
    private final StartCommand start =
            new SsmStartCommand(COMMAND, commands, jobs, clock, () -> "sender-" + names.incrementAndGet());
    private final Instance instance = started(now.get());

    @Test
    void command_whenTheInstanceHasStarted_isSentOnceAndAwaited() {
        assertThat(start.pending(instance)).isPresent();
        assertThat(start.pending(instance)).isPresent();
        commands.set("command-1", result(CommandResult.Status.IN_PROGRESS));
        assertThat(start.pending(instance)).isPresent();
        commands.set("command-1", result(CommandResult.Status.SUCCESS));

        assertThat(start.pending(instance)).isEmpty();
        assertThat(start.pending(instance)).isEmpty();

        assertThat(commands.scripts()).singleElement().satisfies(script -> {
            assertThat(script.lines()).containsExactly(COMMAND);
            assertThat(script.instanceId()).isEqualTo(instance.id());
        });
    }

    @Test
    void command_whenTheInstanceIsStartedAgain_isSentAgain() {
        start.pending(instance);
        commands.set("command-1", result(CommandResult.Status.SUCCESS));
        start.pending(instance);

        assertThat(start.pending(started(now.get().plusSeconds(3600)))).isPresent();

        assertThat(commands.scripts()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = CommandResult.Status.class,
            names = {"FAILED", "TIMED_OUT", "CANCELLED"})
    void command_whenItFails_isReportedAndSentAgain(CommandResult.Status status) {
        start.pending(instance);
        commands.set("command-1", result(status));

        assertThat(start.pending(instance))
                .contains(new StartCommand.Delay("The processing instance's program could not be started.", true));
        assertThat(start.pending(instance)).isPresent();
        commands.set("command-2", result(CommandResult.Status.SUCCESS));

        assertThat(start.pending(instance)).isEmpty();
        assertThat(commands.scripts()).hasSize(2);
    }

    @Test
    void command_whenTheAgentIsNotThereYet_isSentLater() {
        commands.disconnect(true);
        assertThat(start.pending(instance))
                .contains(new StartCommand.Delay("The processing instance does not answer Systems Manager yet.", true));
        commands.disconnect(false);

        assertThat(start.pending(instance)).isPresent();

        assertThat(commands.scripts()).hasSize(1);
    }

    @Test
    void command_whenSystemsManagerIsUnavailable_isSentLater() {
        commands.fail(new WakeboxException(ErrorCode.UNAVAILABLE, "ThrottlingException"));
        assertThat(start.pending(instance))
                .contains(new StartCommand.Delay(
                        "Systems Manager is unavailable; the start command is sent again later.", true));
        commands.fail(null);

        assertThat(start.pending(instance)).isPresent();

        assertThat(commands.scripts()).hasSize(1);
    }

    @Test
    void command_whenItMayNotBeSent_isAnErrorOfOurs() {
        commands.fail(new WakeboxException(ErrorCode.INTERNAL, "AccessDeniedException"));

        assertThatThrownBy(() -> start.pending(instance)).hasMessage("AccessDeniedException");
    }

    @Test
    void command_whenAnotherUploadIsJustSendingIt_isNotSentTwice() {
        var slow = new SsmStartCommand(COMMAND, commands, jobs, clock, () -> {
            start.pending(instance);
            return "slow";
        });

        assertThat(slow.pending(instance)).isPresent();

        assertThat(commands.scripts()).hasSize(1);
    }

    @Test
    void command_whenTheFunctionDiedOnTheWay_isSentAgainAfterItsTime() {
        commands.loseTheNextAnswer(new WakeboxException(ErrorCode.INTERNAL, "cut"));
        assertThatThrownBy(() -> start.pending(instance)).hasMessage("cut");

        now.updateAndGet(before -> before.plus(Duration.ofMinutes(2)));
        start.pending(instance);

        assertThat(commands.scripts()).hasSize(2);
    }

    private static Instance started(Instant at) {
        return new Instance("i-0123456789abcdef0", InstanceState.RUNNING, at);
    }

    private static CommandResult result(CommandResult.Status status) {
        return new CommandResult(status, "details", 1, "no space left on device");
    }
}
