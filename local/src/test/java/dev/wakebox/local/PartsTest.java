package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.template.Template;
import dev.wakebox.local.template.Yaml;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that each capability creates what docs/deploy.md says, with AWS's own SAM transform. */
class PartsTest {
    private static final Path ROOT = Path.of("..");
    private static final Path SCRIPT = Path.of("src", "test", "resources", "deployed", "parts.py");

    private static final Map<String, String> OFF = Map.of("Runs", "false", "Classifier", "false");
    private static final Map<String, Map<String, String>> ON = Map.of(
            "runs",
            Map.of("Runs", "true"),
            "training server",
            Map.of("TrainingInstanceId", "i-0123456789abcdef0"),
            "uploads",
            Map.of(
                    "ProcessingInstanceId", "i-0fedcba9876543210",
                    "MailFrom", "wakebox@example.org",
                    "MailContact", "help@example.org"),
            "webhook egress",
            Map.of("PlatformTokenArn", "arn:aws:ssm:us-east-1:000000000000:parameter/token"),
            "webhook ingress",
            Map.of("PlatformTokenArn", "arn:aws:ssm:us-east-1:000000000000:parameter/token", "IngressAnalytics", "a/b"),
            "question classifier",
            Map.of("Classifier", "true"));

    /** The parameters of the page's conditions, with values other than the defaults. */
    private static final Map<String, String> OTHERWISE = Map.ofEntries(
            Map.entry("PermissionsBoundaryArn", "arn:aws:iam::000000000000:policy/boundary"),
            Map.entry("RolePath", "/teams/vision/"),
            Map.entry("OutcomeEmail", "me@example.org"),
            Map.entry("NotifyUrl", "https://hooks.example.org/"),
            Map.entry("Dashboard", "true"),
            Map.entry("NotifySecretArn", "arn:aws:ssm:us-east-1:000000000000:parameter/keys"),
            Map.entry("RunsApi", "true"),
            Map.entry("MaxConcurrentRuns", "3"),
            Map.entry("RequireAuth", "true"),
            Map.entry("MailIdentityArn", "arn:aws:ses:us-east-1:000000000000:identity/example.org"),
            Map.entry("GraphqlEndpoint", "https://example.org/graphql"));

    /** The capabilities that the console shows. */
    private static final Set<String> SHOWN = Set.of("runs", "training server", "uploads", "question classifier");

    /** The page's name for a type of resource. */
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("AWS::Lambda::Function", "functions"),
            Map.entry("AWS::StepFunctions::StateMachine", "state machine"),
            Map.entry("AWS::S3::Bucket", "bucket"),
            Map.entry("AWS::DynamoDB::Table", "table"),
            Map.entry("AWS::SQS::Queue", "queues"),
            Map.entry("AWS::Events::Rule", "rules"),
            Map.entry("AWS::SNS::Topic", "topics"),
            Map.entry("AWS::SES::ConfigurationSet", "mail"),
            Map.entry("AWS::SES::EmailIdentity", "mail"),
            Map.entry("AWS::CloudWatch::Alarm", "alarms"),
            Map.entry("AWS::CloudWatch::Dashboard", "dashboard"),
            Map.entry("AWS::IAM::ManagedPolicy", "policies"),
            Map.entry("AWS::Logs::LogGroup", "log groups"));

    /** The types that the page counts with the resource that they belong to. */
    private static final Set<String> COMPANIONS = Set.of(
            "AWS::ApiGatewayV2::Api",
            "AWS::ApiGatewayV2::Stage",
            "AWS::IAM::Role",
            "AWS::Lambda::Alias",
            "AWS::Lambda::EventSourceMapping",
            "AWS::Lambda::Permission",
            "AWS::Lambda::Version",
            "AWS::Logs::MetricFilter",
            "AWS::S3::BucketPolicy",
            "AWS::SES::ConfigurationSetEventDestination",
            "AWS::SNS::Subscription",
            "AWS::SNS::TopicPolicy",
            "AWS::SQS::QueuePolicy");

    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Pattern CONDITION = Pattern.compile("(with|without) `(\\w+)` (.*)");

    /**
     * The deployed resources by type: names of functions and routes, and logical ids of the others.
     *
     * @param roles the properties of each
     * @param functions their logical ids
     * @param dashboard its body, in which the resources are still names
     */
    private record Deployed(
            @Nullable Object refusal,
            Map<String, Set<String>> parts,
            Set<String> outputs,
            List<Map<String, @Nullable Object>> roles,
            Optional<String> dashboard,
            Set<String> functions) {}

    private static final Map<String, Deployed> deployed = new HashMap<>();
    private static final Map<String, Map<String, String>> page = new LinkedHashMap<>();

    @BeforeAll
    static void transform(@TempDir Path directory) throws Exception {
        var combinations = new TreeMap<String, Map<String, String>>();
        ON.forEach((name, parameters) -> {
            combinations.put(name, merged(OFF, parameters));
            combinations.put(
                    name + " otherwise",
                    merged(OFF, parameters, OTHERWISE, SHOWN.contains(name) ? Map.of("Console", "true") : Map.of()));
        });
        var all = new HashMap<String, String>();
        ON.values().forEach(all::putAll);
        combinations.put("all", all);
        combinations.put("defaults", Map.of());
        combinations.put("nothing", OFF);
        combinations.put("nothing to show", Map.of("Console", "true", "Classifier", "false"));
        combinations.put("one instance", merged(all, Map.of("TrainingInstanceId", "i-0fedcba9876543210")));
        Path packaged = Files.writeString(
                directory.resolve("packaged.json"),
                Template.read(ROOT.resolve("template.yaml"), Map.of(), Map.of()).packaged("packages"));
        var process = new ProcessBuilder(ToyRepository.python().toString(), SCRIPT.toString(), packaged.toString())
                .redirectError(directory.resolve("stderr").toFile())
                .start();
        try (var input = process.outputWriter(UTF_8)) {
            input.write(Json.string(combinations));
        }
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor())
                .as(Files.readString(directory.resolve("stderr")))
                .isZero();
        Json.object(output).forEach((name, answer) -> deployed.put(name, deployed(map(answer))));
        readPage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " otherwise"})
    void page_whenACapabilityIsAlone_saysWhatIsCreated(String otherwise) {
        for (String capability : ON.keySet()) {
            Deployed alone = deployed(capability + otherwise);
            assertThat(alone.refusal()).as(capability).isNull();
            assertThat(alone.parts()).as(capability + otherwise).isEqualTo(said(capability, !otherwise.isEmpty()));
        }
    }

    @Test
    void template_whenAllIsOn_createsWhatThePartsCreate() {
        assertThat(deployed("all").parts()).isEqualTo(union(ON.keySet()));
        assertThat(deployed("defaults").parts()).isEqualTo(union(Set.of("runs", "question classifier")));
    }

    @Test
    void template_whenRunsAreAlone_hasNothingThatTheyDontNeed() {
        var parts = deployed("runs").parts();

        assertThat(parts.get("functions")).hasSizeLessThanOrEqualTo(8);
        assertThat(parts).containsEntry("bucket", Set.of("DataBucket")).doesNotContainKeys("table", "routes");
        assertThat(parts.get("queues")).containsExactly("ReaperDeadLetterQueue");
    }

    @Test
    void template_whenAnything_hasOneRoleForEachFunctionAndStateMachine() {
        deployed.forEach((name, stack) -> {
            var parts = stack.parts();
            int users = parts.getOrDefault("functions", Set.of()).size()
                    + parts.getOrDefault("state machine", Set.of()).size()
                    + parts.getOrDefault("roles", Set.of()).size();
            assertThat(stack.roles()).as(name).hasSize(users);
        });
    }

    @Test
    void template_ofALockedDownAccount_givesEveryRoleItsPathAndItsBoundary() {
        deployed.forEach((name, stack) -> {
            if (name.endsWith(" otherwise")) {
                assertThat(stack.roles()).as(name).isNotEmpty().allSatisfy(role -> assertThat(role)
                        .containsEntry("Path", Map.of("Ref", "RolePath"))
                        .containsEntry("PermissionsBoundary", Map.of("Ref", "PermissionsBoundaryArn")));
            } else {
                assertThat(stack.roles()).as(name).allSatisfy(role -> assertThat(role)
                        .doesNotContainKeys("Path", "PermissionsBoundary"));
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "ApiUrl,                routes",
        "DataBucketName,        DataBucket",
        "ModelsBucketName,      ModelsBucket",
        "EC2RunStateMachineArn, EC2RunStateMachine",
        "CommandLogGroup,       CommandLogs",
        "DashboardUrl,          OperationsDashboard"
    })
    void outputs_whenWhatTheyNameIsNotThere_areLeftOut(String output, String part) {
        deployed.forEach((name, stack) -> {
            boolean there = stack.parts().containsKey(part)
                    || stack.parts().values().stream().anyMatch(names -> names.contains(part));
            assertThat(stack.outputs().contains(output)).as(name).isEqualTo(there);
        });
    }

    /** Whatever is on, the dashboard has all of its functions, dead-letter queues and alarms, and nothing else. */
    @Test
    void dashboard_whenItIsAskedFor_showsWhatThereIs() {
        var reference = Pattern.compile("\\$\\{(\\w+)(\\.Arn|\\.QueueName|)}");
        deployed.forEach((name, stack) -> {
            assertThat(stack.dashboard().isPresent()).as(name).isEqualTo(name.endsWith(" otherwise"));
            stack.dashboard().ifPresent(body -> {
                assertThat(Json.object(body.getBytes(UTF_8)).objects("widgets"))
                        .as(name)
                        .hasSizeGreaterThan(3)
                        .allSatisfy(widget -> assertThat(widget.text("type")).isIn("alarm", "metric"))
                        .allSatisfy(widget -> assertThat(widget.object("properties")
                                        .list(widget.text("type").equals("alarm") ? "alarms" : "metrics"))
                                .isNotEmpty());
                var shown = new TreeMap<String, Set<String>>();
                reference.matcher(body).results().forEach(match -> shown.computeIfAbsent(
                                match.group(2), _ -> new TreeSet<>())
                        .add(match.group(1)));
                var deadLetters = new TreeSet<>(stack.parts().get("queues"));
                deadLetters.removeIf(queue -> !queue.contains("DeadLetter"));
                assertThat(shown.get(".Arn")).as(name).isEqualTo(stack.parts().get("alarms"));
                assertThat(shown.get(".QueueName")).as(name).isEqualTo(deadLetters);
                var others = new TreeSet<>(requireNonNull(shown.get("")));
                others.removeAll(Set.of("TrainingInstanceId", "ProcessingInstanceId"));
                var expected = new TreeSet<>(stack.functions());
                expected.addAll(stack.parts().getOrDefault("state machine", Set.of()));
                assertThat(others).as(name).isEqualTo(expected);
            });
        });
    }

    @Test
    void rules_whenNothingIsOnOrShownOrOneInstanceIsTwo_refuse() {
        assertThat(String.valueOf(deployed("nothing").refusal())).contains("Nothing would be deployed");
        assertThat(String.valueOf(deployed("one instance").refusal())).contains("must be two instances");
        assertThat(String.valueOf(deployed("nothing to show").refusal())).contains("The console would show nothing");
    }

    @Test
    void samconfig_whenRead_answersForEachParameter() throws IOException {
        var parameters =
                map(Yaml.parse(Files.readString(ROOT.resolve("template.yaml"))).get("Parameters"));
        List<String> lines = Files.readAllLines(ROOT.resolve("samconfig.toml"));

        parameters.forEach((name, definition) -> {
            String text = String.valueOf(map(definition).get("Default"));
            assertThat(lines)
                    .as(name)
                    .filteredOn(line -> line.startsWith("#   \"" + name + "="))
                    .singleElement()
                    .asString()
                    .endsWith("Default: " + (text.isEmpty() ? "nothing" : text));
        });
        assertThat(lines).filteredOn(line -> line.matches("# {3}\"\\w+=.*")).hasSize(parameters.size());
    }

    private static Deployed deployed(String name) {
        return requireNonNull(deployed.get(name), name);
    }

    private static Deployed deployed(Map<String, @Nullable Object> answer) {
        var parts = new TreeMap<String, Set<String>>();
        var roles = new ArrayList<Map<String, @Nullable Object>>();
        Optional<String> dashboard = Optional.empty();
        var functions = new TreeSet<String>();
        var resources = map(answer.get("resources"));
        for (var resource : resources.entrySet()) {
            var fields = map(resource.getValue());
            String type = String.valueOf(fields.get("Type"));
            var properties = map(fields.get("Properties"));
            String kind = KINDS.get(type);
            if (kind != null) {
                String name = type.equals("AWS::Lambda::Function")
                        ? String.valueOf(map(properties.get("FunctionName")).get("Fn::Sub"))
                                .replace("${AWS::StackName}-", "")
                        : resource.getKey();
                parts.computeIfAbsent(kind, _ -> new TreeSet<>()).add(name);
            } else {
                assertThat(COMPANIONS).as(resource.getKey()).contains(type);
            }
            if (type.equals("AWS::ApiGatewayV2::Api")) {
                parts.put("routes", routes(map(map(properties.get("Body")).get("paths"))));
            }
            if (type.equals("AWS::Lambda::Function")) {
                functions.add(resource.getKey());
            }
            if (type.equals("AWS::CloudWatch::Dashboard")) {
                dashboard = Optional.of(joined(properties.get("DashboardBody")));
            }
            if (type.equals("AWS::IAM::Role")) {
                roles.add(properties);
                if (!resources.containsKey(resource.getKey().replaceFirst("Role$", ""))) {
                    parts.computeIfAbsent("roles", _ -> new TreeSet<>()).add(resource.getKey());
                }
            }
        }
        var outputs = new TreeSet<String>();
        ((List<?>) requireNonNull(answer.get("outputs"))).forEach(output -> outputs.add(String.valueOf(output)));
        return new Deployed(answer.get("refusal"), parts, outputs, roles, dashboard, functions);
    }

    /** A text of {@code Fn::Join} and {@code Fn::Sub} without the values of the stack. */
    private static String joined(@Nullable Object value) {
        if (value instanceof Map<?, ?> function && function.get("Fn::Join") instanceof List<?> join) {
            return ((List<?>) join.get(1))
                    .stream().map(PartsTest::joined).collect(Collectors.joining(String.valueOf(join.get(0))));
        }
        return value instanceof Map<?, ?> function ? String.valueOf(function.get("Fn::Sub")) : String.valueOf(value);
    }

    private static Set<String> routes(Map<String, @Nullable Object> paths) {
        var routes = new TreeSet<String>();
        paths.forEach((path, operations) -> {
            if (!path.endsWith("/{proxy+}")) {
                map(operations).keySet().forEach(method -> routes.add(method.toUpperCase(Locale.ROOT) + " " + path));
            }
        });
        return routes;
    }

    /** The page's second table: section, kind, cell. */
    private static void readPage() throws IOException {
        String section = "";
        for (String line : Files.readAllLines(ROOT.resolve("docs/deploy.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 4 && cells[1].strip().startsWith("**")) {
                section = cells[1].replace("*", "").strip();
                page.put(section, new LinkedHashMap<>());
            } else if (cells.length == 4 && !section.isEmpty()) {
                requireNonNull(page.get(section)).put(cells[1].strip(), cells[2].strip());
            }
        }
        assertThat(page.keySet()).isEqualTo(ON.keySet());
    }

    private static Map<String, Set<String>> said(String capability, boolean otherwise) {
        var said = capability.equals("webhook ingress")
                ? said("webhook egress", otherwise)
                : new TreeMap<String, Set<String>>();
        requireNonNull(page.get(capability)).forEach((kind, cell) -> {
            for (String part : cell.split("; ", -1)) {
                Matcher condition = CONDITION.matcher(part);
                boolean conditional = condition.matches();
                if (!conditional || condition.group(1).equals("with") == otherwise) {
                    Matcher name = NAME.matcher(conditional ? condition.group(3) : part);
                    while (name.find()) {
                        said.computeIfAbsent(kind.replaceFirst("^buckets$", "bucket"), _ -> new TreeSet<>())
                                .add(name.group(1));
                    }
                }
            }
        });
        return said;
    }

    private static Map<String, Set<String>> union(Set<String> capabilities) {
        var union = new TreeMap<String, Set<String>>();
        capabilities.forEach(capability -> said(capability, false)
                .forEach((kind, names) ->
                        union.computeIfAbsent(kind, _ -> new TreeSet<>()).addAll(names)));
        return union;
    }

    @SafeVarargs
    private static Map<String, String> merged(Map<String, String>... maps) {
        var merged = new TreeMap<String, String>();
        for (var map : maps) {
            merged.putAll(map);
        }
        return merged;
    }

    @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }
}
