package dev.wakebox.graphql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.local.graphql.GraphQlStandIn;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Trainings and rights against the stand-in, whose schema checks names and types. */
class TrainTasksTest {
    private static final String TASK = "5ffdf1241ee2c62320b49124";
    private static final CallerHeaders ADMIN = new CallerHeaders(
            "Bearer e30." + Base64.getUrlEncoder().encodeToString("{\"role\":\"ADMIN\"}".getBytes(UTF_8)) + ".x", null);

    private final GraphQlStandIn server = GraphQlStandIn.start(0);
    private final GraphQl graphQl = new GraphQl(
            server.uri(),
            new GraphQl.Limits(Duration.ofSeconds(5), Duration.ofSeconds(5)),
            new Retries(Clock.systemUTC(), pause -> {}, () -> 0),
            Clock.systemUTC(),
            Optional.empty());
    private final TrainTasks tasks = new TrainTasks(Optional.of(graphQl));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void note_always_isKeptUnderTheIdAndAnsweredWithIt() {
        assertThat(tasks.note(TASK, GraphQlStandIn.MENTOR, "QUEUED", ADMIN)).contains(TASK);
        tasks.note(TASK, GraphQlStandIn.MENTOR, "SUCCESS", ADMIN);

        assertThat(server.notes())
                .containsEntry(
                        "trainTasks",
                        List.of(
                                Map.of("_id", TASK, "mentor", GraphQlStandIn.MENTOR, "status", "QUEUED"),
                                Map.of("_id", TASK, "mentor", GraphQlStandIn.MENTOR, "status", "SUCCESS")));
    }

    @Test
    void note_whenTheServerRefusesIt_isEmpty() {
        assertThat(tasks.note(TASK, "nobody", "QUEUED", ADMIN)).isEmpty();
        assertThat(tasks.note(TASK, GraphQlStandIn.MENTOR, "QUEUED", CallerHeaders.NONE))
                .as("only authenticated users")
                .isEmpty();
        assertThat(new TrainTasks(Optional.empty()).note(TASK, "m", "QUEUED", ADMIN))
                .isEmpty();
    }

    @Test
    void note_whenTheServerIsDown_throws() {
        server.fail(503, 0, Integer.MAX_VALUE);

        assertThatThrownBy(() -> tasks.note(TASK, GraphQlStandIn.MENTOR, "SUCCESS", ADMIN))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_GATEWAY));
    }

    @Test
    void mayEdit_isWhatTheServerSays() {
        var rights = new MentorRights(graphQl);

        assertThat(rights.mayEdit(GraphQlStandIn.MENTOR, ADMIN)).isTrue();
        assertThat(rights.mayEdit(GraphQlStandIn.MENTOR, CallerHeaders.NONE)).isFalse();
    }
}
