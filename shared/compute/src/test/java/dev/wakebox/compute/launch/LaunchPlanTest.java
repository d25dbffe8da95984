package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.compute.execution.Documents;
import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.cost.PricedItem;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchPlanTest {
    private static final Instant T0 = Instant.parse(Documents.STARTED_AT);
    private static final Duration READY = Duration.ofMinutes(20);

    @Test
    void candidates_whenNothingIsAsked_areTheOneAsGiven() {
        assertThat(names(plan("{}", "{}", 0))).containsExactly("t4g.large");
    }

    @Test
    void candidates_whenCheapo_areMarketsThenTypesThenSubnets() {
        String options = """
                {"ii_cheapo": true, "instance_types": ["m8g.large", "t4g.large"], "subnet_ids": ["subnet-b", "subnet-a"]}""";

        assertThat(names(plan(options, "{\"SubnetId\": \"subnet-a\"}", 0)))
                .containsExactly(
                        "t4g.large spot",
                        "t4g.large spot in subnet-b",
                        "m8g.large spot",
                        "m8g.large spot in subnet-b",
                        "t4g.large on-demand",
                        "t4g.large on-demand in subnet-b",
                        "m8g.large on-demand",
                        "m8g.large on-demand in subnet-b");
    }

    @Test
    void candidates_whenLastOfSeveralAttempts_areOnDemandAlone() {
        String options = "{\"ii_cheapo\": true, \"n_retries_allowed\": 2}";

        assertThat(names(plan(options, "{}", 0))).containsExactly("t4g.large spot", "t4g.large on-demand");
        assertThat(names(plan(options, "{}", 1))).containsExactly("t4g.large spot", "t4g.large on-demand");
        assertThat(names(plan(options, "{}", 2))).containsExactly("t4g.large on-demand");
        assertThat(names(plan("{\"ii_cheapo\": true}", "{}", 0)))
                .containsExactly("t4g.large spot", "t4g.large on-demand");
    }

    @Test
    void candidates_whenNoInterruptionIsLeft_areOnDemandAlone() {
        String options = "{\"ii_cheapo\": true, \"n_interruptions_allowed\": 2, \"n_retries_allowed\": 1}";

        for (int interruptions : List.of(0, 1)) {
            assertThat(names(plan(options, "{}", 1, interruptions)))
                    .containsExactly("t4g.large spot", "t4g.large on-demand");
        }
        assertThat(names(plan(options, "{}", 2, 2))).containsExactly("t4g.large on-demand");
        assertThat(names(plan("{\"ii_cheapo\": true, \"n_interruptions_allowed\": 0}", "{}", 0, 0)))
                .containsExactly("t4g.large spot", "t4g.large on-demand");
    }

    @Test
    void candidates_whenZones_areTriedOnlyWithoutSubnet() {
        String zones = "{\"availability_zones\": [\"us-east-1b\", \"us-east-1a\"]}";

        assertThat(names(plan(zones, "{}", 0))).containsExactly("t4g.large in us-east-1b", "t4g.large in us-east-1a");
        assertThat(names(plan(zones, "{\"Placement\": {\"AvailabilityZone\": \"us-east-1a\"}}", 0)))
                .containsExactly("t4g.large", "t4g.large in us-east-1b");
        assertThat(names(plan(zones, "{\"SubnetId\": \"subnet-a\"}", 0))).containsExactly("t4g.large");
    }

    @Test
    void request_always_holdsAllThatIsGivenAndCountsOne() {
        var request = plan("{}", """
                {"MetadataOptions": {"HttpTokens": "required"}, "MinCount": 5, "InstanceId": "i-former",
                 "InstanceInitiatedShutdownBehavior": "stop", "KeyName": "$INSTANCE_TYPE"}""", 0).request(0, T0, READY);

        assertThat(request)
                .containsEntry("ImageId", "ami-1")
                .containsEntry("MetadataOptions", Map.of("HttpTokens", "required"))
                .containsEntry("InstanceInitiatedShutdownBehavior", "stop")
                .containsEntry("KeyName", "t4g.large")
                .containsEntry("MinCount", 1)
                .containsEntry("MaxCount", 1)
                .doesNotContainKeys("InstanceId", "InstanceMarketOptions");
        assertThat(RunInstancesJson.request(request).metadataOptions().httpTokensAsString())
                .isEqualTo("required");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                              | {} | false",
                "{\"ii_terminate_instance\": true} | {} | true",
                "{\"ii_cheapo\": true}             | {} | true",
                "{} | {\"InstanceMarketOptions\": {\"MarketType\": \"spot\"}} | true"
            })
    void end_isThatOfTheTags(String options, String parameters, boolean terminate) {
        var plan = plan(options, parameters, 0);

        assertThat(plan.end(0, T0, READY).terminate()).isEqualTo(terminate);
        assertThat(tags(plan.request(0, T0, READY), "instance"))
                .containsEntry(RunTags.EXPIRES_AT, plan.end(0, T0, READY).at().toString())
                .containsEntry(RunTags.END, terminate ? "terminate" : "stop");
    }

    @Test
    void end_whenAFailedInstanceIsKept_leavesTimeForIt() {
        assertThat(plan("{\"keep_on_failure_min\": 90}", "{}", 0)
                        .end(0, T0, READY)
                        .at())
                .isEqualTo(plan("{}", "{}", 0).end(0, T0, READY).at().plus(Duration.ofMinutes(90)));
    }

    @Test
    void request_whenSpot_isOneTimeWithItsMaximumPriceAndEndsTerminated() {
        var plan = plan(
                "{\"ii_cheapo\": true, \"max_price\": \"0.05\", \"ii_terminate_instance\": false}",
                "{\"InstanceMarketOptions\": {\"SpotOptions\": {\"SpotInstanceType\": \"one-time\","
                        + " \"InstanceInterruptionBehavior\": \"stop\"}}}",
                0);

        assertThat(plan.request(0, T0, READY))
                .containsEntry(
                        "InstanceMarketOptions",
                        Map.of(
                                "MarketType",
                                "spot",
                                "SpotOptions",
                                Map.of(
                                        "SpotInstanceType",
                                        "one-time",
                                        "InstanceInterruptionBehavior",
                                        "terminate",
                                        "MaxPrice",
                                        "0.05")));
        assertThat(tags(plan.request(0, T0, READY), "instance")).containsEntry(RunTags.END, "terminate");
        assertThat(plan.request(1, T0, READY)).doesNotContainKey("InstanceMarketOptions");
        assertThat(tags(plan.request(1, T0, READY), "instance")).containsEntry(RunTags.END, "stop");
    }

    @Test
    void request_always_tagsInstanceAndVolumesBesideTheUsersTags() {
        var request = plan("{\"ii_delete_volume\": true, \"timeout_s\": 7200}", """
                {"TagSpecifications": [
                  {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "run-$DATE"},
                                                        {"Key": "wakebox:stack", "Value": "another"}]},
                  {"ResourceType": "network-interface", "Tags": [{"Key": "a", "Value": "b"}]}]}""", 0)
                .request(0, T0, READY);

        assertThat(tags(request, "instance"))
                .isEqualTo(Map.of(
                        "Name",
                        "run-20260302",
                        RunTags.STACK,
                        "wakebox",
                        RunTags.EXECUTION,
                        Documents.ID,
                        RunTags.ATTEMPT,
                        "0",
                        RunTags.EXPIRES_AT,
                        "2026-03-02T08:14:59Z",
                        RunTags.END,
                        "stop",
                        RunTags.DELETE_VOLUME,
                        "true"));
        assertThat(tags(request, "volume"))
                .isEqualTo(Map.of(
                        "Name",
                        "run-20260302",
                        RunTags.STACK,
                        "wakebox",
                        RunTags.EXECUTION,
                        Documents.ID,
                        RunTags.ATTEMPT,
                        "0",
                        RunTags.EXPIRES_AT,
                        "2026-03-02T08:14:59Z"));
        assertThat(tags(request, "network-interface")).isEqualTo(Map.of("a", "b"));
    }

    @Test
    void request_whenTheUserTagsTheVolumes_givesThemNoTagsOfTheInstance() {
        var request = plan("{}", """
                {"TagSpecifications": [
                  {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "a"}, {"Key": "Project", "Value": "p"}]},
                  {"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "b"}]}]}""", 0).request(0, T0, READY);

        assertThat(tags(request, "volume")).containsEntry("Name", "b").doesNotContainKey("Project");
    }

    @Test
    void request_whenTheRunAndTheStackHaveTags_putsThemOnAllThatTheLaunchCreates() {
        RunDocument document = Documents.started(Map.of(
                "commands",
                List.of("true"),
                "run_options",
                json("{\"ii_cheapo\": true, \"tags\": {\"Team\": \"rivers\", \"Name\": \"run\"}}"),
                "instance_parameters",
                json("""
                        {"ImageId": "ami-1", "InstanceType": "t4g.large", "IamInstanceProfile": {"Name": "p"},
                         "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "mine"}]}]}""")));
        var plan = LaunchPlan.of(
                Execution.of(document),
                "wakebox",
                Map.of("CostCentre", "7", "Team", "all", RunTags.STACK, "another"),
                false);

        for (String type : List.of("instance", "volume", "network-interface", "spot-instances-request")) {
            assertThat(tags(plan.request(0, T0, READY), type))
                    .as(type)
                    .containsEntry("Team", "rivers")
                    .containsEntry("CostCentre", "7");
        }
        assertThat(tags(plan.request(0, T0, READY), "instance"))
                .containsEntry("Name", "mine")
                .containsEntry(RunTags.STACK, "wakebox");
        assertThat(tags(plan.request(0, T0, READY), "volume")).containsEntry("Name", "mine");
        assertThat(types(plan.request(1, T0, READY))).containsExactly("instance", "volume", "network-interface");
        assertThat(types(plan(
                                "{\"tags\": {\"a\": \"b\"}}",
                                "{\"NetworkInterfaces\": [{\"NetworkInterfaceId\": \"eni-1\"}]}",
                                0)
                        .request(0, T0, READY)))
                .containsExactly("volume", "instance");
    }

    private static List<String> types(JsonObject request) {
        return request.objects("TagSpecifications").stream()
                .map(specification -> specification.text("ResourceType"))
                .toList();
    }

    @Test
    void request_whenACandidatesTurnComesLate_expiresAfterItCanBeReady() {
        var late = plan("{\"timeout_s\": 60}", "{}", 0).request(0, T0.plusSeconds(3600), READY);

        assertThat(tags(late, "instance")).containsEntry(RunTags.EXPIRES_AT, "2026-03-02T07:34:59Z");
    }

    @Test
    void request_whenInSubnet_leavesTheGivenZoneAndFillsTheFirstInterface() {
        assertThat(plan("{\"subnet_ids\": [\"subnet-b\"]}", """
                        {"Placement": {"AvailabilityZone": "us-east-1a", "Tenancy": "default"}}""", 0).request(1, T0, READY))
                .containsEntry("SubnetId", "subnet-b")
                .containsEntry("Placement", Map.of("Tenancy", "default"));
        assertThat(plan("{\"subnet_ids\": [\"subnet-b\"]}", """
                        {"NetworkInterfaces": [{"DeviceIndex": 1, "SubnetId": "subnet-x"}, {"DeviceIndex": 0}]}""", 0).request(0, T0, READY))
                .doesNotContainKey("SubnetId")
                .containsEntry(
                        "NetworkInterfaces",
                        List.of(
                                Map.of("DeviceIndex", 0, "SubnetId", "subnet-b"),
                                Map.of("DeviceIndex", 1, "SubnetId", "subnet-x")));
    }

    @Test
    void request_whenRepeated_isTheSameAndItsTokenIsOfExecutionAttemptAndCandidate() {
        var tokens = new HashSet<@Nullable Object>();
        for (int attempt = 0; attempt < 3; attempt++) {
            var plan = plan("{\"ii_cheapo\": true, \"n_retries_allowed\": 5}", "{}", attempt);
            for (int candidate = 0; candidate < 2; candidate++) {
                var request = plan.request(candidate, T0, READY);
                assertThat(request).isEqualTo(plan.request(candidate, T0, READY));
                assertThat((String) request.get("ClientToken")).matches("[\\x21-\\x7e]{1,64}");
                tokens.add(request.get("ClientToken"));
            }
        }
        assertThat(tokens).hasSize(6);
    }

    @Test
    void request_whenUserData_isBase64Once() {
        for (String given :
                List.of("#!/bin/sh\\necho ş\\n", "IyEvYmluL3NoCmVjaG8gxZ8K", "IyEvYmluL3NoCmVj\\naG8gxZ8K")) {
            String userData = (String) Objects.requireNonNull(plan("{}", "{\"UserData\": \"" + given + "\"}", 0)
                    .request(0, T0, READY)
                    .get("UserData"));

            assertThat(new String(java.util.Base64.getMimeDecoder().decode(userData), StandardCharsets.UTF_8))
                    .isEqualTo("#!/bin/sh\necho ş\n");
        }
    }

    @Test
    void request_whenOfATemplate_hasNoTypeOfItsOwnAndNoneOfItsProtections() {
        var document = Documents.started(json("""
                {"commands": ["true"], "instance_parameters": {"LaunchTemplate": {"LaunchTemplateName": "mine"},
                 "IamInstanceProfile": {"Name": "p"}}}"""));

        assertThat(LaunchPlan.of(Execution.of(document), "wakebox", Map.of(), false)
                        .request(0, T0, READY))
                .doesNotContainKey("InstanceType")
                .containsEntry("DisableApiTermination", false)
                .containsEntry("DisableApiStop", false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                   | {"HttpTokens": "required"}
            {"MetadataOptions": {"HttpPutResponseHopLimit": 2}}  | {"HttpPutResponseHopLimit": 2, "HttpTokens": "required"}
            {"MetadataOptions": {"HttpTokens": "optional"}}      | {"HttpTokens": "optional"}
            {"MetadataOptions": {"HttpEndpoint": "disabled"}}    | {"HttpEndpoint": "disabled"}
            """)
    void request_whenTheStackRequiresImdsV2_hasItUnlessTheDocumentSaysOtherwise(String parameters, String options) {
        LaunchPlan plan = plan("{}", parameters, 0);
        var required = new LaunchPlan(plan.execution(), plan.stack(), plan.stackTags(), true, plan.candidates());

        assertThat(required.request(0, T0, READY).get("MetadataOptions")).isEqualTo(json(options));
        assertThat(required.request(0, T0, READY).without("MetadataOptions"))
                .isEqualTo(plan.request(0, T0, READY).without("MetadataOptions"));
        assertThat(plan.request(0, T0, READY).get("MetadataOptions"))
                .isEqualTo(json(parameters).get("MetadataOptions"));
    }

    @Test
    void problems_whenFormIsWrong_areAllReportedWithTheirPaths() {
        assertThat(problems("{}", json("""
                        {"ImageID": "ami-1", "Nonsense": 1, "InstanceId": "i-former", "EbsOptimized": "yes",
                         "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": "64"}},
                                                 {"Ebs": {"VolumeSize": 64.5, "volume_type": "gp3"}}],
                         "SecurityGroupIds": "sg-1", "MetadataOptions": [],
                         "DisableApiTermination": true, "DisableApiStop": true, "DryRun": true,
                         "InstanceMarketOptions": {"SpotOptions": {"SpotInstanceType": "persistent", "ValidUntil": "soon"}}}""")))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry(
                                "$.instance_parameters.ImageID",
                                "is not a field of EC2's RunInstances; did you mean ImageId?"),
                        Map.entry("$.instance_parameters.Nonsense", "is not a field of EC2's RunInstances"),
                        Map.entry("$.instance_parameters.EbsOptimized", "must be true or false"),
                        Map.entry(
                                "$.instance_parameters.BlockDeviceMappings[0].Ebs.VolumeSize",
                                "must be a whole number"),
                        Map.entry(
                                "$.instance_parameters.BlockDeviceMappings[1].Ebs.VolumeSize",
                                "must be a whole number"),
                        Map.entry(
                                "$.instance_parameters.BlockDeviceMappings[1].Ebs.volume_type",
                                "is not a field of EC2's RunInstances; did you mean VolumeType?"),
                        Map.entry("$.instance_parameters.SecurityGroupIds", "must be a list"),
                        Map.entry("$.instance_parameters.MetadataOptions", "must be an object"),
                        Map.entry(
                                "$.instance_parameters.DisableApiTermination",
                                "must not be true: the instance could not be terminated at the end"),
                        Map.entry(
                                "$.instance_parameters.DisableApiStop",
                                "must not be true: the instance could not be stopped at the end"),
                        Map.entry(
                                "$.instance_parameters.DryRun",
                                "must not be true; for a dry run set run_options.dry_run"),
                        Map.entry(
                                "$.instance_parameters.InstanceMarketOptions.SpotOptions.SpotInstanceType",
                                "must not be persistent: EC2 would launch again what is terminated at the end"),
                        Map.entry(
                                "$.instance_parameters.InstanceMarketOptions.SpotOptions.ValidUntil",
                                "must be an instant such as \"2026-01-31T12:00:00Z\"")));
    }

    @Test
    void problems_whenThereAreMoreThanFortyCandidates_tellsThemAsOne() {
        var subnets =
                IntStream.range(0, 10).mapToObj(i -> "\"subnet-" + i + "\"").toList();
        String options =
                "{\"ii_cheapo\": true, \"instance_types\": [\"m8g.large\", \"%s\"], \"subnet_ids\": " + subnets + "}";
        var given = json("{\"InstanceType\": \"t4g.large\"}");

        assertThat(problems(options.formatted("m8g.large"), given)).isEmpty();
        assertThat(problems(options.formatted("c8g.large"), given))
                .isEqualTo(Map.of(
                        "$.run_options",
                        "must not give more than 40 combinations of market, instance type and place to try (ii_cheapo,"
                                + " instance_types, subnet_ids, availability_zones), gives 60"));
    }

    private static Map<String, String> problems(String options, Map<String, @Nullable Object> parameters) {
        var found = new HashMap<String, String>();
        var document = Documents.started(
                Map.of("commands", List.of("true"), "run_options", json(options), "instance_parameters", parameters));
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> Execution.of(document, execution -> {
                    found.putAll(LaunchPlan.problems(execution));
                    return Map.of();
                })); // because the profile is missing
        return found;
    }

    @Test
    void priced_ofACombination_isItsTypeMarketAndZone() {
        var plan = plan(
                "{\"ii_cheapo\": true, \"instance_types\": [\"m8g.large\"], \"availability_zones\": [\"us-east-1b\"]}",
                "{\"Placement\": {\"AvailabilityZone\": \"us-east-1a\"}}",
                0);

        assertThat(IntStream.range(0, plan.candidates().size())
                        .mapToObj(index -> plan.priced(index, T0).orElseThrow()))
                .contains(
                        new PricedItem.SpotInstanceHour("t4g.large", "us-east-1a", T0),
                        new PricedItem.SpotInstanceHour("t4g.large", "us-east-1b", T0),
                        new PricedItem.InstanceHour("t4g.large"),
                        new PricedItem.InstanceHour("m8g.large"));
        assertThat(plan("{}", "{\"InstanceMarketOptions\": {\"MarketType\": \"spot\"}, \"SubnetId\": \"subnet-a\"}", 0)
                        .priced(0, T0))
                .contains(new PricedItem.SpotInstanceHour("t4g.large", "", T0));
    }

    @Test
    void problems_whenOnlyATemplateNamesTheType_refusesACostLimit() {
        RunDocument document = Documents.started(Map.of(
                "commands", List.of("true"),
                "run_options", Map.of("max_cost", 1),
                "instance_parameters",
                        Map.of(
                                "LaunchTemplate", Map.of("LaunchTemplateName", "t"),
                                "IamInstanceProfile", Map.of("Name", "p"))));

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> Execution.of(document, LaunchPlan::problems))
                .withMessageContaining("$.run_options.max_cost: needs instance_parameters.InstanceType");
    }

    private static LaunchPlan plan(String options, String parameters, int attempt) {
        return plan(options, parameters, attempt, 0);
    }

    private static LaunchPlan plan(String options, String parameters, int attempt, int interruptions) {
        var all =
                json("{\"ImageId\": \"ami-1\", \"InstanceType\": \"t4g.large\", \"IamInstanceProfile\": {\"Name\": \"p\"}}")
                        .withAll(json(parameters));
        RunDocument document = Documents.started(
                        Map.of("commands", List.of("true"), "run_options", json(options), "instance_parameters", all))
                .with(attempt, "run", "attempt")
                .with(interruptions, "run", "interruptions");
        return LaunchPlan.of(Execution.of(document, LaunchPlan::problems), "wakebox", Map.of(), false);
    }

    private static List<String> names(LaunchPlan plan) {
        return plan.candidates().stream().map(Candidate::toString).toList();
    }

    private static Map<@Nullable Object, @Nullable Object> tags(JsonObject request, String resource) {
        var tags = new java.util.HashMap<@Nullable Object, @Nullable Object>();
        for (var specification : RunInstancesJson.request(request).tagSpecifications()) {
            if (specification.resourceTypeAsString().equals(resource)) {
                specification.tags().forEach(tag -> assertThat(tags.put(tag.key(), tag.value()))
                        .as("twice " + tag.key())
                        .isNull());
            }
        }
        return tags;
    }

    private static JsonObject json(String text) {
        return Json.object(text.getBytes(StandardCharsets.UTF_8));
    }
}
