package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.lambda.InvocationResult;
import dev.wakebox.local.lambda.RuntimeClient;
import dev.wakebox.runtime.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions whose runtime interface client has no native library, as on macOS. */
class PureJavaRuntimeTest {
    @TempDir
    static Path root;

    static EventCollector collector;
    static LocalApplication application;

    @BeforeAll
    static void start() {
        collector = new EventCollector();
        System.setProperty(RuntimeClient.PURE_JAVA, "true");
        application = LocalApplication.start(ToyRepository.in(root).config(collector.uri()));
    }

    @AfterAll
    static void stop() {
        System.clearProperty(RuntimeClient.PURE_JAVA);
        application.close();
        collector.close();
    }

    @Test
    void function_whenInvoked_hasItsContext() throws Exception {
        Map<String, @Nullable Object> answer = success("toy-echo", "{\"rawQueryString\":\"do=environment\"}");

        assertThat(answer)
                .containsEntry("arn", "arn:aws:lambda:us-east-1:000000000000:function:toy-echo")
                .hasEntrySatisfying(
                        "remaining", left -> assertThat((Integer) left).isBetween(1, 3000));
        try (var files = Files.walk(root.resolve(".wakebox/run/runtime-interface-client"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("NativeClient.class")
                    .noneMatch(name -> name.endsWith(".so"));
        }
    }

    @Test
    void function_whenInvokedAgainAndAgain_answersEach() {
        assertThat(IntStream.range(0, 50)
                        .mapToObj(_ -> application.lambda().invoke("toy-worker", "{}".getBytes(UTF_8)))
                        .toList())
                .allMatch(result -> result.join() instanceof InvocationResult.Success);
    }

    @Test
    void function_whenItThrowsEndsOrCannotBeMade_failsWithTheReason() {
        assertThat(failure("toy-broken", "{}")).containsEntry("errorMessage", "TABLE is not set");
        assertThat(failure("toy-echo", "{\"rawQueryString\":\"do=throw\"}")).containsKey("errorType");
        assertThat(failure("toy-echo", "{\"rawQueryString\":\"do=exit\"}"))
                .containsEntry("errorType", "Runtime.ExitError");
        assertThat(failure("toy-echo", "{\"rawQueryString\":\"do=sleep\"}"))
                .containsEntry("errorType", "Sandbox.Timedout");
    }

    private static Map<String, @Nullable Object> success(String function, String event) {
        var result =
                application.lambda().invoke(function, event.getBytes(UTF_8)).join();
        return Json.object(((InvocationResult.Success) result).payload());
    }

    private static Map<String, @Nullable Object> failure(String function, String event) {
        var result =
                application.lambda().invoke(function, event.getBytes(UTF_8)).join();
        return Json.object(((InvocationResult.Failure) result).payload());
    }
}
