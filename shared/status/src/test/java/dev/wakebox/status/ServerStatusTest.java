package dev.wakebox.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerStatusTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00.123456Z");

    @Test
    void parse_whenWrittenByTheOriginal_hasNoSince() {
        var status = parse("{\"status\": \"active\", \"token\": \"t\", \"task_type\": \"x\", \"dev_mode\": true}");

        assertThat(status)
                .isEqualTo(new ServerStatus(ServerStatus.State.ACTIVE, "t", "x", true, null, JsonObject.of()));
    }

    @Test
    void parse_whenWrittenByAnOlderVersion_hasTheTaskTypeInLowerCase() {
        var status = parse("{\"status\": \"active\", \"token\": \"T\", \"task_type\": \"imageClassification\"}");

        assertThat(status.taskType()).isEqualTo("imageclassification");
        assertThat(status.token()).isEqualTo("T");
    }

    @Test
    void parse_whenOnlyTheStatus_takesTheRestAsEmpty() {
        assertThat(parse("{\"status\": \"sleeping\", \"token\": null}")).isEqualTo(ServerStatus.INITIAL);
    }

    @Test
    void parse_whenSinceHasAnOffset_isThatInstant() {
        assertThat(parse("{\"status\": \"active\", \"since\": \"2026-11-22T13:00:00.123456+01:00\"}")
                        .since())
                .isEqualTo(NOW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"status\": null}",
                "{\"status\": \"ACTIVE\"}",
                "{\"status\": true}",
                "{\"status\": \"active\", \"since\": \"yesterday\"}",
                "{\"status\": \"active\", \"since\": 12}",
                "{\"status\": \"active\", \"dev_mode_until\": \"tomorrow\"}"
            })
    void parse_whenNotUnderstood_isInternalAndNamesTheFile(String json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOfSatisfying(WakeboxException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL);
            assertThat(e).hasMessageStartingWith("status.json cannot be understood: ");
        });
    }

    @Test
    void toJson_whenClaimedAndReleased_keepsUnknownKeysAndDevMode() {
        var before =
                parse("{\"status\": \"sleeping\", \"dev_mode\": true, \"note\": [1, null], \"owner\": {\"a\": \"İ\"}}");

        var claimed = ServerStatus.parse(
                before.claimedBy("t", "textclassification", NOW).toJson(), NOW);
        var released = Json.object(claimed.released(NOW.plusSeconds(60)).toJson());

        assertThat(claimed.active()).isTrue();
        assertThat(claimed.token()).isEqualTo("t");
        assertThat(claimed.taskType()).isEqualTo("textclassification");
        assertThat(claimed.since()).isEqualTo(NOW);
        assertThat(released)
                .containsEntry("status", "sleeping")
                .containsEntry("token", "")
                .containsEntry("task_type", "")
                .containsEntry("dev_mode", true)
                .containsEntry("since", "2026-11-22T12:01:00.123456Z")
                .containsEntry("owner", Map.of("a", "İ"));
        assertThat((List<?>) released.get("note")).hasSize(2);
    }

    @Test
    void parse_whenDevModeHasAnEnd_isOnUntilThen() {
        String json = "{\"status\": \"sleeping\", \"dev_mode\": true, \"dev_mode_until\": \"%s\"}";

        var before = parse(json.formatted(NOW.plusSeconds(1)));
        assertThat(before.devMode()).isTrue();
        assertThat(Json.object(before.toJson()))
                .containsEntry("dev_mode_until", NOW.plusSeconds(1).toString());

        var after = parse(json.formatted(NOW));
        assertThat(after.devMode()).isFalse();
        assertThat(Json.object(after.toJson())).containsEntry("dev_mode", false).doesNotContainKey("dev_mode_until");
    }

    @Test
    void parse_whenDevModeIsOffBeforeItsEnd_isOff() {
        assertThat(parse(
                                "{\"status\": \"sleeping\", \"dev_mode\": false, \"dev_mode_until\": \"2999-01-01T00:00:00Z\"}")
                        .devMode())
                .isFalse();
    }

    private static ServerStatus parse(String json) {
        return ServerStatus.parse(json.getBytes(StandardCharsets.UTF_8), NOW);
    }

    @Test
    void parse_whenTrainingsWait_hasThemInOrderAndWritesThemAgain() {
        var status = parse("""
                {"status": "active", "token": "a", "queue": [
                 {"token": "b", "task_type": "textclassification", "since": "2026-11-22T12:00:01Z"},
                 {"token": "c", "task_type": "imageclassification", "since": "2026-11-22T12:00:02Z"}]}""");

        assertThat(status.waiting()).extracting(WaitingTraining::token).containsExactly("b", "c");
        assertThat(status.place("b")).isEqualTo(1);
        assertThat(status.place("c")).isEqualTo(2);
        assertThat(status.place("a")).isZero();
        assertThat(ServerStatus.parse(status.toJson(), NOW)).isEqualTo(status);
        assertThat(new String(status.withoutWaiting("b").withoutWaiting("c").toJson(), StandardCharsets.UTF_8))
                .doesNotContain("queue");
    }

    @Test
    void parse_whenAWaitingTrainingHasNoToken_isRefused() {
        assertThatThrownBy(() -> parse("{\"status\": \"active\", \"queue\": [{\"since\": \"2026-11-22T12:00:01Z\"}]}"))
                .hasMessageContaining("an entry of \"queue\" has no \"token\"");
    }

    @Test
    void ended_whenTrainingsWait_isClaimedByTheFirstUntilItIsHandedOver() {
        var status = ServerStatus.INITIAL
                .claimedBy("a", "textclassification", NOW)
                .withWaiting(new WaitingTraining("b", "imageclassification", NOW))
                .withWaiting(new WaitingTraining("c", "textclassification", NOW));

        ServerStatus next = status.ended(NOW.plusSeconds(9));

        assertThat(next.active()).isTrue();
        assertThat(next.token()).isEqualTo("b");
        assertThat(next.taskType()).isEqualTo("imageclassification");
        assertThat(next.since()).isEqualTo(NOW.plusSeconds(9));
        assertThat(next.beingHandedOver()).isTrue();
        assertThat(next.place("b")).isZero();
        assertThat(next.place("c")).isEqualTo(1);
        assertThat(next.withoutWaiting("b")).as("it has the server").isEqualTo(next);
        assertThat(next.handedOver().beingHandedOver()).isFalse();
        assertThat(next.handedOver().token()).isEqualTo("b");
        assertThat(next.ended(NOW))
                .as("ended before it was handed over")
                .isEqualTo(next.handedOver().ended(NOW));
        assertThat(next.released(NOW).waiting())
                .extracting(WaitingTraining::token)
                .containsExactly("c");
    }
}
