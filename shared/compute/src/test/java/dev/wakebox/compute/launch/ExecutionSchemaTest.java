package dev.wakebox.compute.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.utils.builder.Buildable;

/** The schema of executions, {@code api/execution.schema.json}, beside the launch check: both refuse the same documents. */
class ExecutionSchemaTest {
    private static final Path FILE = Path.of("../../api/execution.schema.json");
    private static final String INSTANT =
            "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d(:?\\d\\d)?)$";

    /** Set by Wakebox, so that any value is accepted and none is used. */
    private static final List<String> NOT_FOR_EC2 = List.of("ClientToken", "InstanceId", "MaxCount", "MinCount");

    /** What a value may be replaced by. Numbers and texts with a meaning of their own in some field are among them. */
    private static final List<@Nullable Object> VALUES = Arrays.asList(
            null,
            true,
            false,
            "",
            " ",
            "a",
            "it's",
            "ami-1",
            "s3://bucket/prefix",
            "my-bucket",
            "a..b",
            "arn:aws:s3:us-east-1:000000000000:accesspoint/a",
            "persistent",
            "https://hooks.example.org/a?b=%20c",
            "https://hooks.example.local/",
            "http://hooks.example.org/",
            "https://127.0.0.1/",
            "2026-01-31T12:00:00Z",
            "0.05",
            "1e-3",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "rojo=00f067aa0ba902b7 , congo=t61rcWkgMzE",
            "a=" + "1".repeat(256) + ",b=" + "2".repeat(256),
            -1,
            0,
            1,
            7,
            0.5,
            1.5,
            3600.0,
            86_401,
            20_000,
            30_240_001,
            2_147_483_648L,
            List.of(),
            List.of(""),
            List.of("a"),
            List.of("a", 1),
            Arrays.asList((Object) null),
            List.of(Map.of()),
            List.of(Map.of("Unknown", 1)),
            Map.of(),
            Map.of("Name", "p"),
            Map.of("Arn", " "),
            Map.of("Unknown", 1),
            Map.of("LEVEL", ""),
            Map.of("2ND", "a"),
            Map.of("LD_PRELOAD", "a"),
            Map.of("wakebox_run", "a"),
            Map.of("TOKEN", "arn:aws:ssm:us-east-1:123456789012:parameter/a/b"),
            Map.of("TOKEN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b-AbCdEf"),
            Map.of("TOKEN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b-AbCdEf:a key::"),
            Map.of("TOKEN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b-AbCdEf:key"),
            "3,17,40-52",
            "9-7",
            "s3://my-bucket/list.jsonl",
            Map.of("size", 100),
            Map.of("size", 100, "indexes", "3,17"),
            Map.of("size", 100, "list", "s3://my-bucket/list.json"),
            Map.of("list", "s3://my-bucket/list.json", "concurrency", 7),
            Map.of("index", 7, "item", List.of(1), "execution", "arn"),
            Map.of("index", 7, "size", 100),
            Map.of("bucket", "my-bucket", "prefix", "p"),
            Map.of("bucket", "my_bucket", "prefix", "p"),
            Map.of("bucket", "my-bucket", "prefix", "s3://x"),
            Map.of("bucket", "my-bucket", "prefix", "p", "key", "k"));

    private static final JsonObject PLAIN = JsonObject.of(
                    "commands", List.of("job --s3_bucket my-bucket --s3_prefix p"))
            .with(
                    "instance_parameters",
                    JsonObject.of("ImageId", "ami-1")
                            .with("InstanceType", "t3.small")
                            .with("IamInstanceProfile", JsonObject.of("Name", "p")));

    private static final JsonObject DATASTREAM = PLAIN.without("commands")
            .with(
                    "datastream_command_options",
                    JsonObject.of("start_time", "DAILY")
                            .with("end_time", "DAILY")
                            .with("forcing_source", "NWM")
                            .with("realization", "r.json")
                            .with("nprocs", 4)
                            .with("hydrofabric_version", "v2.2")
                            .with("subset_id", "VPU_01")
                            .with("subset_id_type", "vpu")
                            .with("s3_bucket", "my-bucket")
                            .with("s3_prefix", "p"));

    private final LaunchCheck check = new LaunchCheck(Set.of("*"));
    private final Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(read(FILE));
    private final JsonObject definitions =
            Json.object(read(FILE).getBytes(UTF_8)).object("$defs");

    @Test
    void instanceParameters_always_haveTheFieldsOfRunInstances() throws IOException {
        var expected = new TreeMap<String, Object>();
        define(RunInstancesRequest.builder(), expected);
        JsonObject written = Json.object(Files.readAllBytes(FILE));
        JsonObject definitions = written.object("$defs");
        for (String name : List.copyOf(definitions.keySet())) {
            if (Character.isUpperCase(name.charAt(0))) {
                definitions = definitions.without(name);
            }
        }
        String made = new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(written.with("$defs", definitions.withAll(expected)));
        Files.writeString(Path.of("target", "execution.schema.json"), made + "\n");

        assertThat(read(FILE))
                .as("cp shared/compute/target/execution.schema.json api/execution.schema.json")
                .isEqualTo(made + "\n");
    }

    @Test
    void eachField_withEachValue_isRefusedByBothOrNone() {
        var documents = new ArrayList<JsonObject>();
        for (JsonObject base : List.of(PLAIN, DATASTREAM)) {
            for (List<String> path : paths()) {
                for (Object value : VALUES) {
                    documents.add(with(base, path, value));
                }
                documents.add(without(base, path));
            }
        }

        assertThat(disagreements(documents)).isEmpty();
        assertThat(documents).hasSizeGreaterThan(5_000);
    }

    @Test
    void severalFields_withRandomValues_areRefusedByBothOrNone() {
        var random = new Random(20260131);
        List<List<String>> paths = paths();
        var documents = new ArrayList<JsonObject>();
        for (int i = 0; i < 20_000; i++) {
            JsonObject document = random.nextBoolean() ? PLAIN : DATASTREAM;
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                List<String> path = paths.get(random.nextInt(paths.size()));
                document = random.nextInt(5) == 0
                        ? without(document, path)
                        : with(document, path, VALUES.get(random.nextInt(VALUES.size())));
            }
            documents.add(document);
        }

        assertThat(disagreements(documents)).isEmpty();
    }

    @Test
    void maxCost_whenOnlyATemplateNamesTheType_isRefusedByBoth() {
        JsonObject template = with(
                without(PLAIN, List.of("instance_parameters", "InstanceType")),
                List.of("instance_parameters", "LaunchTemplate"),
                JsonObject.of("LaunchTemplateName", "t"));
        JsonObject limited = with(template, List.of("run_options", "max_cost"), 1);

        assertThat(disagreements(List.of(
                        template,
                        limited,
                        with(limited, List.of("run_options", "instance_types"), List.of("t3.small")))))
                .isEmpty();
        assertThat(schema.validate(Json.string(limited), InputFormat.JSON)).isNotEmpty();
    }

    @Test
    void tracestate_whenItIsWithoutATraceparent_isRefusedByBoth() {
        JsonObject alone = with(PLAIN, List.of("run_options", "tracestate"), "congo=t61rcWkgMzE");
        JsonObject both = with(
                alone,
                List.of("run_options", "traceparent"),
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        assertThat(disagreements(List.of(
                        alone,
                        both,
                        with(both, List.of("run_options", "traceparent"), null),
                        with(alone, List.of("run_options", "tracestate"), null))))
                .isEmpty();
        assertThat(schema.validate(Json.string(alone), InputFormat.JSON)).isNotEmpty();
        assertThat(schema.validate(Json.string(both), InputFormat.JSON)).isEmpty();
    }

    @Test
    void documentsOfTheRepository_always_areValid() throws IOException {
        var documents = new ArrayList<JsonObject>();
        for (Path folder : List.of(Path.of("src/test/resources/executions"), Path.of("../../events"))) {
            try (var files = Files.newDirectoryStream(folder, "*.json")) {
                for (Path file : files) {
                    JsonObject json = Json.object(Files.readAllBytes(file));
                    JsonObject document = json.hasObject("document") ? json.object("document") : json;
                    if (document.hasObject("instance_parameters")) {
                        documents.add(document);
                    }
                }
            }
        }

        assertThat(disagreements(documents)).isEmpty();
        assertThat(documents).hasSizeGreaterThan(30);
    }

    @Test
    void options_always_areThoseOfThePage() throws IOException {
        var row = Pattern.compile("^\\| (`[^|]*) \\|");
        var options = new ArrayList<String>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("../../docs/ec2-runs.md"))) {
            inside = inside ? line.startsWith("|") : line.startsWith("| `run_options.`");
            var found = row.matcher(line);
            if (inside && found.find() && !line.startsWith("| `run_options.`")) {
                String first = "";
                for (String name : found.group(1).replace("`", "").split(", ", -1)) {
                    first = name.startsWith("_") ? first : name;
                    options.add(name.startsWith("_") ? "retry_backoff" + name : name);
                }
            }
        }
        var described = new ArrayList<String>();
        JsonObject properties = definitions.object("runOptions").object("properties");
        for (String name : properties.keySet()) {
            if (!properties.object(name).isTrue("deprecated")) {
                described.add(name);
            }
        }

        assertThat(described).containsExactlyInAnyOrderElementsOf(options);
    }

    /** The documents that one refuses and the other accepts, with what is refused. */
    private List<String> disagreements(List<JsonObject> documents) {
        var found = new ArrayList<String>();
        for (JsonObject document : documents) {
            String json = Json.string(document);
            var mistakes = check.mistakes(
                    Json.object(json.getBytes(UTF_8)),
                    "arn:aws:states:us-east-1:000000000000:execution:wakebox-ec2-run:night",
                    "night",
                    Instant.parse("2026-03-02T05:59:59Z"));
            var errors = schema.validate(json, InputFormat.JSON);
            boolean sayable = mistakes.stream().noneMatch(mistake -> isBeyondASchema(mistake.rule()));
            if (sayable && mistakes.isEmpty() != errors.isEmpty()) {
                found.add(json + "\n  check: " + mistakes + "\n  schema: " + errors);
            }
        }
        return found.subList(0, Math.min(found.size(), 10));
    }

    /** What needs the commands' words, a dictionary, arithmetic, or another field. */
    private static boolean isBeyondASchema(String rule) {
        return rule.contains("no command says --s3_bucket")
                || rule.contains("did you mean")
                || rule.contains("is also in")
                || rule.contains("must be together at most")
                || rule.contains("times the number of attempts")
                || rule.contains("combinations of market")
                || rule.contains("ascending ranges")
                || rule.contains("must be below the number of items");
    }

    /** Each field that the schema describes, the fields of its objects, and one that it doesn't know. */
    private List<List<String>> paths() {
        var paths = new ArrayList<List<String>>();
        for (String part : List.of(
                "commands", "datastream_command_options", "instance_parameters", "run_options", "bucket", "obj_key")) {
            paths.add(List.of(part));
        }
        for (var part : Map.of(
                        "run_options", "runOptions",
                        "datastream_command_options", "datastreamCommandOptions",
                        "instance_parameters", "RunInstancesRequest")
                .entrySet()) {
            paths.add(List.of(part.getKey(), "zzzzzzzzzzzzzz"));
            JsonObject properties = definitions.object(part.getValue()).object("properties");
            for (String name : properties.keySet()) {
                paths.add(List.of(part.getKey(), name));
            }
        }
        for (String option : List.of(
                "size",
                "list",
                "concurrency",
                "tolerated_failure_count",
                "tolerated_failure_percentage",
                "indexes",
                "index",
                "zzzzzzzzzzzzzz")) {
            paths.add(List.of("run_options", "array", option));
        }
        paths.add(List.of("instance_parameters", "IamInstanceProfile", "Name"));
        paths.add(List.of("instance_parameters", "InstanceMarketOptions", "SpotOptions", "SpotInstanceType"));
        paths.add(List.of("instance_parameters", "InstanceMarketOptions", "SpotOptions", "ValidUntil"));
        paths.add(List.of("instance_parameters", "MetadataOptions", "HttpPutResponseHopLimit"));
        return paths;
    }

    private static JsonObject with(JsonObject object, List<String> path, @Nullable Object value) {
        String key = path.getFirst();
        return object.with(
                key, path.size() == 1 ? value : with(object.object(key), path.subList(1, path.size()), value));
    }

    private static JsonObject without(JsonObject object, List<String> path) {
        String key = path.getFirst();
        return path.size() == 1
                ? object.without(key)
                : object.with(key, without(object.object(key), path.subList(1, path.size())));
    }

    /** Adds the definition of an SDK type and of the types in it. */
    private static String define(SdkPojo builder, Map<String, Object> definitions) {
        String name = ((Buildable) builder).build().getClass().getSimpleName();
        if (definitions.putIfAbsent(name, JsonObject.of()) == null) {
            var properties = new TreeMap<String, Object>();
            for (SdkField<?> field : builder.sdkFields()) {
                properties.put(field.memberName(), definition(field, definitions));
            }
            if (builder instanceof RunInstancesRequest.Builder) {
                NOT_FOR_EC2.forEach(ours -> properties.put(ours, JsonObject.of()));
            }
            definitions.put(
                    name,
                    JsonObject.of("type", "object")
                            .with("properties", properties)
                            .with("additionalProperties", false));
        }
        return "#/$defs/" + name;
    }

    private static Map<String, ?> definition(SdkField<?> field, Map<String, Object> definitions) {
        return switch (field.marshallingType().getKnownType()) {
            case STRING -> JsonObject.of("type", "string");
            case BOOLEAN -> JsonObject.of("type", "boolean");
            case INTEGER -> whole();
            case INSTANT -> JsonObject.of("type", "string").with("pattern", INSTANT);
            case LIST ->
                JsonObject.of("type", "array")
                        .with(
                                "items",
                                definition(
                                        field.getRequiredTrait(ListTrait.class).memberFieldInfo(), definitions));
            case SDK_POJO -> JsonObject.of("$ref", define(field.constructor().get(), definitions));
            default -> throw new IllegalStateException("RunInstances has a new kind of field: " + field.memberName());
        };
    }

    private static Map<String, ?> whole() {
        var whole = new LinkedHashMap<String, Object>();
        whole.put("type", "integer");
        whole.put("minimum", Integer.MIN_VALUE);
        whole.put("maximum", Integer.MAX_VALUE);
        return whole;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
