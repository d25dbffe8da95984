package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutionTest {
    /** Next to the repository, or next to a directory with its worktrees. */
    private static final Optional<Path> REAL_FILES = Stream.of("../../../shared", "../../../../shared")
            .map(shared -> Path.of(shared, "data", "executions"))
            .filter(Files::isDirectory)
            .findFirst();

    private static final String GOOD_PARAMETERS = """
            "instance_parameters": {"ImageId": "ami-1", "InstanceType": "t4g.nano", "IamInstanceProfile": {"Name": "p"}}
            """;

    @Test
    void of_whenSimple_fillsInTheDates() {
        var execution = Execution.of(Documents.fixture("ec2-run-simple.json"));

        assertThat(execution.commands()).last().asString().endsWith("s3://example-results/reports/20260301/day.txt'");
        assertThat(execution.check())
                .contains(new OutputCheck(new OutputLocation("example-results", "reports/20260301/day.txt"), false));
        assertThat(execution.output()).isEmpty();
        assertThat(execution.options().timeout()).isEqualTo(Duration.ofMinutes(15));
        assertThat(execution.instanceParameters("t4g.small"))
                .containsEntry(
                        "TagSpecifications",
                        List.of(Map.of(
                                "ResourceType",
                                "instance",
                                "Tags",
                                List.of(Map.of("Key", "Name", "Value", "report-20260302-t4g.small")))))
                .containsKey("MetadataOptions");
    }

    @Test
    void of_whenDatastreamOptions_makesTheOneCommand() {
        var execution = Execution.of(Documents.fixture("ec2-run-datastream.json"));

        assertThat(execution.commands())
                .containsExactly("runuser -l ec2-user -c 'cd /home/ec2-user/datastream && ./scripts/datastream"
                        + " -s 20260301 -e 20260301 -C NWM_V3_SHORT_RANGE_06 -I Gages-01234567 -i hl -v 2.2"
                        + " -d $(pwd)/data/datastream -R $(pwd)/configs/realization.json -n 4"
                        + " -S example-results -o runs/20260301/06'");
        assertThat(execution.output()).contains(new OutputLocation("example-results", "runs/20260301/06"));
        assertThat(execution.check())
                .contains(new OutputCheck(
                        new OutputLocation("example-results", "runs/20260301/06/ngen-run.tar.gz"), false));
        assertThat(execution.options().deleteVolume()).isTrue();
        assertThat(execution.options().timeout()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void of_whenObjectPrefixAndNoForcings_usesTheOlderName() {
        var execution = Execution.of(document("""
                {"datastream_command_options": {"start_time": "a", "end_time": "b", "forcing_source": "c",
                  "realization": "d", "nprocs": "5", "hydrofabric_version": "6", "subset_id": "g",
                  "subset_id_type": "h", "s3_bucket": "k", "object_prefix": "o/p"}, %s}
                """));

        assertThat(execution.commands()).first().asString().endsWith(" -n 5 -S k -o o/p'");
    }

    @Test
    void of_whenDatastreamOptionsWithoutOutput_leavesTheOutputOut() {
        var execution = Execution.of(document("""
                {"datastream_command_options": {"start_time": "a", "end_time": "b", "forcing_source": "c",
                  "realization": "d", "nprocs": "5", "hydrofabric_version": "6", "subset_id": "g",
                  "subset_id_type": "h"}, %s}
                """));

        assertThat(execution.commands()).first().asString().endsWith(" -R d -n 5'");
    }

    @Test
    void of_whenResubmitted_ignoresWhatTheFormerRunAdded() {
        var execution = Execution.of(Documents.fixture("ec2-run-retry.json"));

        assertThat(execution.instanceParameters("m7g.large"))
                .doesNotContainKeys("InstanceId", "MinCount", "MaxCount")
                .containsEntry("InstanceType", "m7g.large");
        assertThat(execution.instanceTypes()).containsExactly("m8g.large", "m7g.large", "m6g.large");
        assertThat(execution.options().retriesAllowed()).isEqualTo(2);
        assertThat(execution.run().attempt()).isZero();
    }

    @Test
    void of_whenRetried_keepsTheDateOfTheFirstAttempt() {
        var second = Documents.fixture("ec2-run-simple.json")
                .with(1, "run", "attempt")
                .with("2026-03-09T00:00:00Z", "t0");

        assertThat(Execution.of(second).commands())
                .isEqualTo(
                        Execution.of(Documents.fixture("ec2-run-simple.json")).commands());
    }

    @Test
    void of_whenBad_tellsEveryProblemWithItsPath() {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> Execution.of(Documents.fixture("ec2-run-bad.json")))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .withMessage("The execution can't run; nothing was launched."
                        + " $.commands[1]: must be a string, is null;"
                        + " $.commands[2]: must be a string, is 7;"
                        + " $.run_options.retry_backoff_rate: must be a number from 1 to 10, is 0.5;"
                        + " $.run_options.timeout_s: must be a whole number of seconds from 1 to 30240000, is \"abc\";"
                        + " $.run_options.ii_terminate_instance: must be true or false, is \"yes\";"
                        + " $.run_options.n_retries_allowed: must be a whole number from 0 to 10, is -1;"
                        + " $.run_options.instance_types: must be a list of strings, is \"t4g.small\";"
                        + " $.run_options.max_price: must be a price in USD an hour above 0 and up to 10000, is \"cheap\";"
                        + " $.run_options.ii_check_s3: is true, but no command says --s3_bucket and --s3_prefix;"
                        + " say where to look with {\"bucket\": …, \"prefix\": …};"
                        + " $.instance_parameters.ImageId: must be the id of an AMI, is \"<your AMI>\";"
                        + " $.instance_parameters.InstanceType: must be an instance type, is \" \";"
                        + " $.instance_parameters.KeyName: must be the name of a key pair, or be left out, is \"\";"
                        + " $.instance_parameters.SecurityGroupIds[0]: must be a string that isn't blank, is \"\";"
                        + " $.instance_parameters.IamInstanceProfile: must give the Name or the Arn of an instance"
                        + " profile; without one Systems Manager can't reach the instance, is {\"Name\":\"\"}.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"commands\": []}",
                "{\"commands\": [\"\", \" \"]}",
                "{\"run_options\": {\"timeout_s\": 1e999, \"retry_backoff_rate\": 1e999}}",
                "{\"commands\": \"ls\", \"instance_parameters\": 3, \"run_options\": []}",
                "{\"commands\": null, \"run_options\": {\"timeout_s\": 0.5}}",
                "{\"datastream_command_options\": []}",
                "{\"datastream_command_options\": {\"s3_bucket\": \"it's\"}}",
                "{\"run_options\": {\"ii_check_s3\": {\"bucket\": 1}}}",
                "{\"run_options\": {\"check_s3\": \"x\"}}"
            })
    void of_whenOfAnotherShape_isRefusedWithoutCrashing(String json) {
        var document = Documents.started(Json.object(json.getBytes(StandardCharsets.UTF_8)));

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> Execution.of(document))
                .withMessageContaining("$.instance_parameters: must be an object")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"ii_terminate": true}                 | $.run_options.ii_terminate: is not an option; did you mean ii_terminate_instance?
            {"terminate_instance": true}           | did you mean ii_terminate_instance?
            {"ii_terminate_instace": true}         | did you mean ii_terminate_instance?
            {"iiTerminateInstance": true}          | did you mean ii_terminate_instance?
            {"timeout": 60}                        | did you mean timeout_s?
            {"Timeout_S": 60}                      | did you mean timeout_s?
            {"retries": 1}                         | did you mean n_retries_allowed?
            {"ii_chepo": true}                     | did you mean ii_cheapo?
            {"instance_type": ["t4g.small"]}       | did you mean instance_types?
            {"dryrun": true}                       | did you mean dry_run?
            {"favourite": null}                    | $.run_options.favourite: is not an option.
            {"ii_check_s3": {"bucket": "b-1", "prefix": "p", "key": "x"}} | $.run_options.ii_check_s3.key: is not an option.
            {"ii_check_s3": {"Bucket": "b-1", "prefix": "p"}} | $.run_options.ii_check_s3.Bucket: is not an option; did you mean bucket?
            {"check_s3": {"bucket": "b-1", "prefx": "p"}} | $.run_options.check_s3.prefx: is not an option; did you mean prefix?
            {"timeout_s": 100000000}               | must be a whole number of seconds from 1 to 30240000, is 100000000
            {"timeout_s": 30240000, "n_retries_allowed": 1} | $.run_options.timeout_s: times the number of attempts must be at most 30240000 seconds
            {"n_retries_allowed": 11}              | must be a whole number from 0 to 10, is 11
            {"n_interruptions_allowed": 11}        | must be a whole number from 0 to 10, is 11
            {"n_interruptions_allowed": 8, "n_retries_allowed": 3} | must be together at most 10, are 11
            {"on_interrupt": "save"}               | must be a list of strings, is "save"
            {"retry_backoff_max_s": 90000}         | must be a number of seconds from 0 to 86400, is 90000
            {"max_cost": "cheap"}                  | $.run_options.max_cost: must be an amount in USD above 0 and up to 1000000, is "cheap"
            {"max_cost": 0}                        | $.run_options.max_cost: must be an amount in USD above 0
            {"max_cost": -0.5}                     | $.run_options.max_cost: must be an amount in USD above 0
            {"max_cost": true}                     | $.run_options.max_cost: must be an amount in USD above 0
            {"tags": ["a"]}                        | $.run_options.tags: must be an object with up to 30 tags
            {"tags": {"aws:a": "b"}}               | must have keys of 1 to 128 characters that don't begin with aws: or wakebox:, has "aws:a"
            {"tags": {"Wakebox:stack": "b"}}       | $.run_options.tags: must have keys
            {"tags": {"a": 7}}                     | $.run_options.tags.a: must be a string of up to 256 characters, is 7
            {"max_costs": 1}                       | did you mean max_cost?
            {"max_price": "1e1000000000"}          | must be a price in USD an hour above 0 and up to 10000
            {"ii_check_s3": {"bucket": "s3://b-1", "prefix": "p"}} | $.run_options.ii_check_s3.bucket: must be the name of a bucket (3 to 63 lower-case letters, digits, dots and hyphens), such as "b-1", is "s3://b-1"
            {"ii_check_s3": {"bucket": "b-1/p/q", "prefix": "p"}} | such as "b-1", and the rest in the prefix, is
            {"ii_check_s3": {"bucket": "My bucket", "prefix": "p"}} | must be the name of a bucket
            {"ii_check_s3": {"bucket": "b..1", "prefix": "p"}} | must be the name of a bucket
            {"ii_check_s3": {"bucket": "b-1", "prefix": "s3://b-1/p"}} | $.run_options.ii_check_s3.prefix: must be a key without s3:// and the bucket
            """)
    void of_whenAnOptionIsWrong_saysWhatIsRight(String options, String message) {
        var document = document("{\"commands\": [\"ls\"], \"run_options\": %s, %%s}".formatted(options));

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> Execution.of(document))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ii_s3_object_checked\": true, \"ii_check_forcing\": false, \"forcing_check_wait_s\": 60}",
                "{\"ii_check_s3\": {\"bucket\": \"b-1\", \"prefix\": \"/with/a/slash\"}}",
                "{\"ii_check_s3\": {\"bucket\": \"arn:aws:s3:us-east-1:000000000000:accesspoint/a\", \"prefix\": \"p\"}}"
            })
    void of_whenAnOptionIsUnusual_acceptsIt(String options) {
        var document = document("{\"commands\": [\"ls\", \"\", \"ls\"], \"run_options\": %s, %%s}".formatted(options));

        assertThat(Execution.of(document).commands()).containsExactly("ls", "", "ls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run_option", "runOptions", "run-options", "Run_Options"})
    void of_whenAPartIsMisspelt_isNotLeftOut(String name) {
        var document = document("{\"commands\": [\"ls\"], \"%s\": {\"timeout_s\": 60}, %%s}".formatted(name));

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> Execution.of(document))
                .withMessageContaining("$." + name + ": is no part of an execution; did you mean run_options?");
    }

    @Test
    void of_whenADatastreamOptionIsMisspelt_isNotLeftOut() {
        var document = document("""
                {"datastream_command_options": {"start_time": "a", "end_time": "b", "forcing_source": "c",
                  "realization": "d", "nprocs": "5", "hydrofabric_version": "6", "subset_id": "g",
                  "subset_id_type": "h", "s3_buckt": "k", "domain_name": "other"}, %s}
                """);

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> Execution.of(document))
                .withMessageEndingWith(
                        "$.datastream_command_options.s3_buckt: is not an option; did you mean s3_bucket?.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /x/scripts/datastream -C A --S3_BUCKET b-1 --S3_PREFIX p/q                        | s3://b-1/p/q/ngen-run.tar.gz            | false
            su - u -c '/x/SCRIPTS/datastream -C A --S3_BUCKET b-1 --S3_PREFIX p/q'            | s3://b-1/p/q/ngen-run.tar.gz            | false
            /x/scripts/datastreams --forcing_source A --S3_BUCKET b-1 --S3_PREFIX p/q         | s3://b-1/p/q/metadata/forcings_metadata/metadata.csv | false
            /x/configure --forcing_source A --s3_bucket b-1 --s3_prefix p/q                   | s3://b-1/p/q/metadata/forcings_metadata/metadata.csv | false
            /x/own --s3_bucket b-1 --s3_prefix p/q                                            | s3://b-1/p/q                            | true
            """)
    void of_whenTheCheckIsTrue_looksForWhatTheProgramWrites(String command, String place, boolean folder) {
        var document =
                document("{\"commands\": [\"%s\"], \"run_options\": {\"ii_check_s3\": true}, %%s}".formatted(command));

        assertThat(Execution.of(document).check()).hasValueSatisfying(check -> {
            assertThat(check).hasToString(place);
            assertThat(check.folder()).isEqualTo(folder);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
            "bucket": "b-1", "obj_key": "daily/DATE/x/cat-1.csv",                                          | s3://b-1/daily/20260302/x/cat-1.csv
            "bucket": "b-1", "obj_key": "daily/x.csv", "run_options": {"ii_check_s3": true},               | s3://b-1/daily/x.csv
            "bucket": "b-1", "obj_key": "daily/DAILY/x.csv", "run_options": {},                            | s3://b-1/daily/20260301/x.csv
            "bucket": "b-1", "obj_key": "daily/x.csv", "run_options": {"ii_check_s3": false},              | none
            "bucket": "b-1",                                                                               | none
            """)
    void of_whenAnOlderDocumentNamesTheObject_looksForThat(String parts, String place) {
        var document = document("{\"commands\": [\"ls\"], %s %%s}".formatted(parts));

        assertThat(Execution.of(document).check().map(OutputCheck::toString)).isEqualTo(Optional.ofNullable(place));
    }

    @Test
    void of_whenTheBucketOfTheCommandsIsAnAddress_isRefused() {
        var document = document("{\"commands\": [\"x --s3_bucket s3://b-1 --s3_prefix p\"], %s}");

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> Execution.of(document))
                .withMessageContaining(
                        "$.commands: must name the bucket of --s3_bucket without s3://, is \"s3://b-1\"");
    }

    @Test
    void of_whenNotStartedByTheStateMachine_saysSo() {
        var submitted = RunDocument.of(Documents.read(Path.of("../../events/ec2-run-simple.json")));

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> Execution.of(submitted))
                .withMessageContaining("Start it as an execution of the state machine");
    }

    /** Complete files are accepted as they are; for a template, the message names the placeholders to fill in. */
    @Test
    void of_whenTheRealUsersFiles_acceptsThemUnchanged() throws IOException {
        Assumptions.assumeTrue(REAL_FILES.isPresent(), "the real execution files aren't on this computer");
        var answers = new TreeMap<String, String>();
        try (var files = Files.list(REAL_FILES.orElseThrow())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                answers.put(file.getFileName().toString(), answer(Documents.started(Documents.read(file))));
            }
        }

        assertThat(answers).hasSize(8);
        assertThat(answers.entrySet().stream()
                        .filter(answer -> !answer.getValue().equals("accepted"))
                        .map(Map.Entry::getKey))
                .as("templates with blanks: %s", answers)
                .containsExactly("execution.json", "execution_nrds.json", "execution_template_datastream.json");
        assertThat(answers.get("execution_nrds.json")).contains("ImageId", "IamInstanceProfile");
    }

    private static String answer(RunDocument document) {
        try {
            Execution.of(document);
            return "accepted";
        } catch (WakeboxException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static RunDocument document(String json) {
        return Documents.started(Json.object(json.formatted(GOOD_PARAMETERS).getBytes(StandardCharsets.UTF_8)));
    }
}
