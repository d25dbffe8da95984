package dev.wakebox.functions.runchecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.compute.execution.Documents;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunCheckerHandlerTest {
    private static final RunDocument PASSED = Documents.fixture("ec2-run-retry.json");
    private static final String FAILED_EXECUTION = "failed_executions/20260302T055959Z-night-0.json";

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(Clock.systemUTC());
    private final RunCheckerHandler handler = new RunCheckerHandler(name -> bucket);

    @Test
    void checker_whenOutputIsThere_saysWhich() {
        put("runs/retried/result.csv");

        RunDocument answer = invoke(PASSED);

        assertThat(answer.at("ii_s3_object_checked")).isEqualTo(true);
        assertThat(answer.at("run", "output_key")).isEqualTo("runs/retried/result.csv");
        assertThat(answer.at("run", "check_again")).isEqualTo(false);
    }

    @Test
    void checker_whenOnlyOurMetadataIsThere_looksAgain() {
        put("runs/retried/datastream-metadata/execution.json");

        RunDocument answer = invoke(PASSED);

        assertThat(answer.at("ii_s3_object_checked")).isEqualTo(false);
        assertThat(answer.at("run", "check_again")).isEqualTo(true);
        assertThat(answer.at("failure")).isNull();
    }

    @Test
    void checker_whenMissingAtTheFifthLook_failsAndRecordsTheExecution() {
        RunDocument document = PASSED;
        for (int attempt = 1; attempt <= 5; attempt++) {
            document = invoke(document);
            assertThat(document.at("run", "check_again")).isEqualTo(attempt < 5);
        }

        assertThat(document.at("failure", "outcome")).isEqualTo("OUTPUT_MISSING");
        assertThat(document.at("failure", "cause"))
                .isEqualTo("The commands succeeded, but there is no object s3://example-results/runs/retried"
                        + " after 5 checks.");
        assertThat(Json.object(bucket.get(FAILED_EXECUTION).orElseThrow().body()))
                .containsKeys("commands", "failure", "ticket");
        assertThat(document.at("run", "failed_execution_key")).isEqualTo(FAILED_EXECUTION);
    }

    @Test
    void checker_whenTheKeyBeginsWithASlash_saysWhatItMayBe() {
        RunDocument document = PASSED.with(
                        Map.of("bucket", "example-results", "prefix", "/reports/a.txt"), "run_options", "ii_check_s3")
                .with(4, "run", "checks");

        assertThat(invoke(document).at("failure", "cause"))
                .asString()
                .contains("no object s3://example-results//reports/a.txt after 5 checks.")
                .endsWith("has the key \"reports/a.txt\".");

        put("/reports/a.txt");
        assertThat(invoke(document).at("run", "output_key")).isEqualTo("/reports/a.txt");
    }

    @Test
    void checker_whenARunOfTheDatastreamScriptHasOnlyBegun_looksAgain() {
        RunDocument document = PASSED.with(
                List.of("/x/scripts/datastream -s DAILY --S3_BUCKET example-results --S3_PREFIX runs/retried"),
                "commands");
        put("runs/retried/datastream-metadata/profile.txt");
        put("runs/retried/other.txt");
        assertThat(invoke(document).at("run", "check_again")).isEqualTo(true);

        put("runs/retried/ngen-run.tar.gz");
        assertThat(invoke(document).at("run", "output_key")).isEqualTo("runs/retried/ngen-run.tar.gz");
    }

    @Test
    void checker_whenAnotherProgramHasWrittenItsProfileAlone_looksAgain() {
        put("runs/retried/datastream-metadata/profile.txt");

        assertThat(invoke(PASSED).at("run", "check_again")).isEqualTo(true);
    }

    @Test
    void checker_whenTheKeyIsExactlyThere_saysSo() {
        put("runs/retried");
        put("runs/retried-1");

        assertThat(invoke(PASSED).at("run", "output_key")).isEqualTo("runs/retried");
    }

    @Test
    void checker_whenOtherKeysBeginAsTheFolderDoes_listsTheFolderAlone() {
        put("runs/retried-1/result.csv");
        assertThat(invoke(PASSED).at("ii_s3_object_checked")).isEqualTo(false);

        bucket.failOn("list", "runs/retried/", new WakeboxException(ErrorCode.INTERNAL, "AccessDenied."));
        assertThat(invoke(PASSED).at("failure", "cause")).asString().endsWith("AccessDenied.");
    }

    @Test
    void checker_whenNotAskedToCheck_doesNothing() {
        RunDocument answer = invoke(PASSED.with(false, "run_options", "ii_check_s3"));

        assertThat(answer.at("ii_s3_object_checked")).isEqualTo(false);
        assertThat(answer.at("run", "check_again")).isEqualTo(false);
        assertThat(answer.at("failure")).isNull();
    }

    @Test
    void checker_whenBucketCannotBeListed_failsWithTheReason() {
        bucket.failOn("list", "runs/retried", new WakeboxException(ErrorCode.INTERNAL, "NoSuchBucket."));

        assertThat(invoke(PASSED).at("failure", "cause"))
                .isEqualTo("The output s3://example-results/runs/retried could not be checked. NoSuchBucket.");
    }

    @Test
    void checker_whenS3IsAway_throwsForStepFunctionsToRetry() {
        bucket.failOn("list", "runs/retried", new WakeboxException(ErrorCode.UNAVAILABLE, "Away."));

        assertThatExceptionOfType(WakeboxException.class).isThrownBy(() -> invoke(PASSED));
    }

    @Test
    void checker_whenTheRecordCannotBeWritten_saysSoInTheCause() {
        bucket.failOn("put", FAILED_EXECUTION, new WakeboxException(ErrorCode.INTERNAL, "AccessDenied."));

        assertThat(invoke(PASSED.with(4, "run", "checks")).at("failure", "cause"))
                .asString()
                .endsWith("after 5 checks. It could not be recorded: AccessDenied.");
    }

    private void put(String key) {
        bucket.put(key, new byte[1], "text/plain", new Condition.Always());
    }

    private RunDocument invoke(RunDocument document) {
        return RunDocument.of(JsonObject.copyOf(Invocation.of(handler, Json.string(document.json()))));
    }
}
