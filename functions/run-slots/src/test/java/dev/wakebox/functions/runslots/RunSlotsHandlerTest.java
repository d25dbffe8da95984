package dev.wakebox.functions.runslots;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RunSlotsHandlerTest {
    private static final String MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:wakebox-ec2-run";

    private final InMemorySlots table = new InMemorySlots();
    private final RunSlotsHandler handler = new RunSlotsHandler(
            new SlotQueue(
                    table,
                    new WaitingTasks() {
                        @Override
                        public boolean running(String execution) {
                            return true;
                        }

                        @Override
                        public boolean succeed(String token, SlotAnswer answer) {
                            return true;
                        }
                    },
                    1,
                    Clock.systemUTC()),
            MACHINE);

    private String handle(String event) {
        return handler.event(Json.object(event.getBytes(UTF_8))).event();
    }

    private String arrive(String name, String startedAt) {
        return handle("{\"task_token\": \"t\", \"execution\": \"arn:%s\", \"name\": \"%s\", \"started_at\": \"%s\"}"
                .formatted(name, name, startedAt));
    }

    private String status(String machine, String status) {
        return handle(("{\"detail\": {\"executionArn\": \"arn:a\", \"stateMachineArn\": \"%s\", \"name\": \"a\","
                        + " \"status\": \"%s\", \"startDate\": 1764504000000}}")
                .formatted(machine, status));
    }

    @Test
    void event_ofEachKind_reachesTheQueue() {
        assertThat(arrive("a", "2025-11-30T12:00:00.000Z")).isEqualTo("arrived");
        assertThat(arrive("b", "2025-11-30T12:00:01.000Z")).isEqualTo("arrived");
        assertThat(table.taken()).singleElement().satisfies(slot -> assertThat(slot.execution())
                .isEqualTo("arn:a"));

        assertThat(status(MACHINE + "-2", "ABORTED")).isEqualTo("ignored");
        assertThat(status(MACHINE, "RUNNING")).isEqualTo("ignored");
        assertThat(table.taken()).singleElement().satisfies(slot -> assertThat(slot.execution())
                .isEqualTo("arn:a"));

        assertThat(status(MACHINE, "SUCCEEDED")).isEqualTo("ended");
        assertThat(table.taken()).singleElement().satisfies(slot -> assertThat(slot.execution())
                .isEqualTo("arn:b"));
        assertThat(handle("{\"source\": \"aws.events\"}")).isEqualTo("swept");
    }

    @Test
    void event_ofARunThatWaits_removesItByItsStart() {
        table.add(new QueuedRun("arn:a", "a", Instant.ofEpochMilli(1764504000000L), "t"));

        status(MACHINE, "ABORTED");

        assertThat(table.first()).isEmpty();
    }

    @Test
    void fixtures_areHandled() throws Exception {
        assertThat(handle(Invocation.fixture("run-slots-schedule.json"))).isEqualTo("swept");
        assertThat(handle(Invocation.fixture("run-slots-execution-aborted.json")))
                .isEqualTo("ignored");
    }

    @Test
    void event_whenAFieldIsMissing_namesIt() {
        assertThatThrownBy(() -> handle("{\"task_token\": \"t\", \"execution\": \"arn:a\"}"))
                .isInstanceOf(WakeboxException.class)
                .hasMessageContaining("name is missing");
        assertThatThrownBy(() -> arrive("a", "today"))
                .isInstanceOf(WakeboxException.class)
                .hasMessageContaining("started_at must be an instant");
    }
}
