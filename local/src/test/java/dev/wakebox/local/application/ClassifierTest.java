package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.application.RunningApplication.Answer;
import dev.wakebox.local.graphql.GraphQlStandIn;
import dev.wakebox.runtime.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The question classifier from outside: HTTP, the queue and the GraphQL server's stand-in, with the real template. */
class ClassifierTest {
    private static final Duration A_WHILE = Duration.ofSeconds(90);
    private static final String MARTA = GraphQlStandIn.MENTOR;

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(directory, Map.of());
        assertThat(trained(MARTA).text("status")).isEqualTo("SUCCESS");
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void questions_whenAskedInOtherWords_findsTheAnswer() {
        var answer = ask(MARTA, "did you ever get into a really nasty storm out there?");

        assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
        assertThat(answer.text("answer_text")).contains("fourteen metres");
    }

    private static Answer ask(String mentor, String question) {
        return app.get("/classifier/questions?mentor=" + mentor + "&query="
                + URLEncoder.encode(question, StandardCharsets.UTF_8));
    }

    private static Data trained(String mentor) {
        String id = train(mentor).text("id");
        await("the training is over", A_WHILE, () -> status(id).text("status").matches("SUCCESS|FAILURE"));
        return status(id);
    }

    private static Data train(String mentor) {
        return data(app.post("/classifier/train", Json.string(Map.of("mentor", mentor)), "authorization", token()));
    }

    private static Data status(String id) {
        return data(app.get("/classifier/train/status/" + id, "authorization", token()));
    }

    private static String token() {
        return "Bearer " + app.fact("token");
    }

    /** What is inside {@code {"data": …}}. */
    private record Data(Map<?, ?> fields) {
        String text(String name) {
            return String.valueOf(fields.get(name));
        }
    }

    private static Data data(Answer answer) {
        assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
        return new Data((Map<?, ?>) answer.json().get("data"));
    }
}
