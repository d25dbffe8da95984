package dev.wakebox.local.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The priming of functions before their SnapStart snapshot. */
class SnapStartTest {
    private static final Pattern MODULE = Pattern.compile("CodeUri: functions/(\\S+)");

    /** The answers of the functions that have a prime.json. */
    private static final Map<String, Object> ANSWERS = Map.ofEntries(
            Map.entry("authorizer", false),
            Map.entry("classifier-predict", 404),
            Map.entry("classifier-status", 404),
            Map.entry("console", 200),
            Map.entry("status", 200));

    @Test
    void primeJson_ofEachFunctionWithSnapStart_isAnsweredAndChangesNothing(@TempDir Path directory) throws IOException {
        try (var app = RunningApplication.start(directory, Map.of())) {
            app.putJwtSecret("0123456789abcdef0123456789abcdef");
            List<String> before = stored(app);

            var answers = new TreeMap<String, @Nullable Object>();
            for (String function : withSnapStart()) {
                if (!Files.exists(primeJson(function))) {
                    continue; // its PrimingTest runs its rehearsal.json
                }
                Map<String, @Nullable Object> answer = app.invoke(function, Files.readString(primeJson(function)));
                answers.put(function, answer.getOrDefault("statusCode", answer.get("isAuthorized")));
            }

            assertThat(answers).isEqualTo(ANSWERS);
            assertThat(stored(app)).isEqualTo(before);
        }
    }

    @Test
    void snapStart_ofEachFunction_hasSomethingToPrimeItWith() throws IOException {
        assertThat(withSnapStart()).hasSizeGreaterThan(15).allSatisfy(function -> assertThat(
                        Files.exists(primeJson(function)) ^ Files.exists(resource(function, "rehearsal.json")))
                .isTrue());
    }

    /** Without a snapshot, the option for priming makes a start slower (docs/performance.md). */
    @Test
    void compileThreshold_ofFunctionsWithoutSnapStart_isTheJvmsOwn() throws IOException {
        assertThat(functions().filter(resource -> !resource.contains("\n      SnapStart:")))
                .hasSize(6)
                .allSatisfy(resource ->
                        assertThat(resource).contains("JAVA_TOOL_OPTIONS:").doesNotContain("CompileThresholdScaling"));
    }

    private static Stream<String> functions() throws IOException {
        return Arrays.stream(Files.readString(RunningApplication.ROOT.resolve("template.yaml"))
                        .split("\n(?=  \\S)"))
                .filter(resource -> resource.contains("\n    Type: AWS::Serverless::Function\n"));
    }

    private static List<String> withSnapStart() throws IOException {
        return functions()
                .filter(resource -> resource.contains("\n      SnapStart:"))
                .map(resource -> MODULE.matcher(resource)
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group(1))
                .toList();
    }

    private static Path primeJson(String function) {
        return resource(function, "prime.json");
    }

    private static Path resource(String function, String name) {
        return RunningApplication.ROOT
                .resolve("functions")
                .resolve(function)
                .resolve("src/main/resources/dev/wakebox/functions")
                .resolve(function.replace("-", ""))
                .resolve(name);
    }

    /** All objects and all records; every message that is sent has a record. */
    private static List<String> stored(RunningApplication app) {
        var stored = new ArrayList<String>();
        app.s3.listBuckets().buckets().forEach(bucket -> app.s3
                .listObjectsV2(request -> request.bucket(bucket.name()))
                .contents()
                .forEach((S3Object object) -> stored.add(bucket.name() + "/" + object.key() + " " + object.eTag())));
        app.dynamoDb
                .scan(request -> request.tableName(app.jobsTable()))
                .items()
                .forEach(record -> stored.add(record.toString()));
        return stored;
    }
}
