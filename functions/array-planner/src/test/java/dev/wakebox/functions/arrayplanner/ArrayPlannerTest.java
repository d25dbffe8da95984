package dev.wakebox.functions.arrayplanner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArrayPlannerTest {
    private static final String ARN = "arn:aws:states:us-east-1:000000000000:execution:wakebox-ec2-run-array:night";

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(Clock.systemUTC());
    private final ArrayPlanner planner = new ArrayPlanner(new LaunchCheck(Set.of("data")), _ -> bucket, "data");

    @Test
    void plan_ofASize_listsItsIndexesAndTakesTheArrayOutOfTheDocument() {
        ArrayPlan plan = plan(Map.of("size", 5, "indexes", "1,3-4", "tolerated_failure_percentage", 50));

        assertThat(plan.refused()).isEmpty();
        assertThat(items(plan)).isEqualTo("[{\"index\":1},{\"index\":3},{\"index\":4}]");
        assertThat(plan.size()).isEqualTo(3);
        assertThat(plan.tolerated()).isEqualTo(1);
        assertThat(plan.stopAbove()).isEqualTo(1);
        assertThat(plan.concurrency()).isEqualTo(50);
        assertThat(plan.document().object("run_options").has("array")).isFalse();
    }

    @Test
    void plan_withoutALimitOfFailures_letsAllRunsEnd() {
        ArrayPlan plan = plan(Map.of("size", 5));

        assertThat(plan.tolerated()).isZero();
        assertThat(plan.stopAbove()).isEqualTo(5);
    }

    @Test
    void plan_ofEachKindOfList_hasItsItems() {
        put("a.json", "[\"x\", {\"n\": 1}]");
        put("a.jsonl", "\"x\"\n\n{\"n\": 1}\n");
        put("a.csv", "n,name\n1,x\n2,\"y, z\"\n");

        String same = "[{\"index\":0,\"item\":\"x\"},{\"index\":1,\"item\":{\"n\":1}}]";
        assertThat(items(plan(Map.of("list", "s3://data/a.json")))).isEqualTo(same);
        assertThat(items(plan(Map.of("list", "s3://data/a.jsonl")))).isEqualTo(same);
        assertThat(items(plan(Map.of("list", "s3://data/a.csv"))))
                .isEqualTo("[{\"index\":0,\"item\":{\"n\":\"1\",\"name\":\"x\"}},"
                        + "{\"index\":1,\"item\":{\"n\":\"2\",\"name\":\"y, z\"}}]");
    }

    @Test
    void plan_ofABadList_saysWhereTheMistakeIs() {
        put("object.json", "{}");
        put("null.json", "[1, null]");
        put("lines.jsonl", "1\n{\n");
        put("empty.json", "[]");
        put("rows.csv", "a,b\n1\n");

        assertThat(refusal("object.json")).contains("must be a JSON list");
        assertThat(refusal("null.json")).contains("must not have null");
        assertThat(refusal("lines.jsonl")).contains("line 2 can't be read");
        assertThat(refusal("empty.json")).contains("must have 1 to 10000 items, has 0");
        assertThat(refusal("rows.csv")).contains("Line 2 of the list has 1 value, the header has 2");
        assertThat(refusal("none.json"))
                .contains("$.run_options.array.list: names s3://data/none.json, which doesn't exist");
    }

    @Test
    void plan_whenTheDocumentIsWrong_namesEveryMistakeAndWritesNothing() {
        JsonObject document = document(Map.of("size", 0)).without("commands");

        String refused = planner.plan(document, ARN, "night", "2026-11-30T08:00:00Z")
                .refused()
                .orElseThrow();

        assertThat(refused)
                .contains("$.commands: ", "$.run_options.array.size: must be a whole number of runs from 1 to 10000");
        assertThat(bucket.get("arrays/night/items.json")).isEmpty();
    }

    @Test
    void plan_whenTheNameOrTheBucketDoesNotFit_isRefused() {
        assertThat(planner.plan(document(Map.of("size", 1)), ARN, "n".repeat(76), "2026-11-30T08:00:00Z")
                        .refused())
                .hasValueSatisfying(refused -> assertThat(refused).contains("at most 75 characters, has 76"));
        assertThat(plan(Map.of("list", "s3://other/a.json")).refused())
                .hasValueSatisfying(
                        refused -> assertThat(refused).contains("$.run_options.array.list", "OutputBuckets"));
        assertThat(plan(Map.of("index", 1)).refused())
                .hasValueSatisfying(refused -> assertThat(refused).contains("must have size or list"));
    }

    @Test
    void plan_whenS3IsUnavailable_isTriedAgain() {
        var unavailable = new ArrayPlanner(
                new LaunchCheck(Set.of("*")),
                _ -> {
                    throw new WakeboxException(ErrorCode.UNAVAILABLE, "no S3");
                },
                "data");

        assertThatThrownBy(() -> unavailable.plan(document(Map.of("size", 1)), ARN, "night", "2026-11-30T08:00:00Z"))
                .hasMessage("no S3");
    }

    private String refusal(String list) {
        return plan(Map.of("list", "s3://data/" + list)).refused().orElseThrow();
    }

    private ArrayPlan plan(Map<String, Object> array) {
        return planner.plan(document(array), ARN, "night", "2026-11-30T08:00:00Z");
    }

    private String items(ArrayPlan plan) {
        assertThat(plan.refused()).isEmpty();
        assertThat(plan.items().bucket()).isEqualTo("data");
        return new String(bucket.get(plan.items().key()).orElseThrow().body(), UTF_8);
    }

    private void put(String key, String text) {
        bucket.put(key, text.getBytes(UTF_8), "text/plain", new Condition.Always());
    }

    private static JsonObject document(Map<String, Object> array) {
        return JsonObject.of("commands", List.of("job $INDEX"))
                .with(
                        "instance_parameters",
                        JsonObject.of("ImageId", "ami-1")
                                .with("InstanceType", "t3.small")
                                .with("IamInstanceProfile", JsonObject.of("Name", "p")))
                .with("run_options", JsonObject.of("array", array));
    }
}
