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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What functions go through before the snapshot that SnapStart starts them from. */
class SnapStartTest {
    private static final Pattern MODULE = Pattern.compile("CodeUri: functions/(\\S+)");

    /** How far each gets; here no secret of the webhooks is configured. */
    private static final Map<String, Object> ANSWERS = Map.of(
            "authorizer", false,
            "classifier-followups", 403,
            "classifier-predict", 404,
            "classifier-status", 404,
            "classifier-train-request", 403,
            "classifier-training-data", 403,
            "status", 200,
            "train", 400,
            "upload", 404,
            "webhook-egress", 404);

    @Test
    void primeJson_ofEachFunctionWithSnapStart_isAnsweredAndChangesNothing(@TempDir Path directory) throws IOException {
        try (var app = RunningApplication.start(directory, Map.of())) {
            app.putJwtSecret("0123456789abcdef0123456789abcdef");
            List<String> before = stored(app);

            var answers = new TreeMap<String, @Nullable Object>();
            for (String function : withSnapStart()) {
                Map<String, @Nullable Object> answer = app.invoke(function, Files.readString(primeJson(function)));
                answers.put(function, answer.getOrDefault("statusCode", answer.get("isAuthorized")));
            }

            assertThat(answers).isEqualTo(ANSWERS);
            assertThat(stored(app)).isEqualTo(before);
        }
    }

    private static List<String> withSnapStart() throws IOException {
        return Arrays.stream(Files.readString(RunningApplication.ROOT.resolve("template.yaml"))
                        .split("\n(?=  \\S)"))
                .filter(resource -> resource.contains("\n      SnapStart:"))
                .map(resource -> MODULE.matcher(resource)
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group(1))
                .toList();
    }

    private static Path primeJson(String function) {
        return RunningApplication.ROOT
                .resolve("functions")
                .resolve(function)
                .resolve("src/main/resources/dev/wakebox/functions")
                .resolve(function.replace("-", ""))
                .resolve("prime.json");
    }

    /** All objects, and all records; no message is sent without one. */
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
