package dev.wakebox.local.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.wakebox.local.host.LocalException;
import dev.wakebox.local.httpapi.HttpApi;
import dev.wakebox.local.httpapi.Route;
import dev.wakebox.local.lambda.FunctionResource;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateTest {
    private static final Path OURS = Path.of("..", "template.yaml");
    private static final Map<String, String> TRAINING = Map.of("TrainingInstanceId", "i-1");

    @TempDir
    Path directory;

    @Test
    void functions_ofOurTemplate_areOurModules() {
        assertThat(read(OURS, TRAINING).functions())
                .extracting(
                        FunctionResource::logicalId, FunctionResource::name, each -> OURS.resolveSibling("functions")
                                .relativize(each.module())
                                .toString())
                .contains(
                        tuple("TrainFunction", "wakebox-train", "train"),
                        tuple("AuthorizerFunction", "wakebox-authorizer", "authorizer"))
                .allSatisfy(function -> assertThat(OURS.resolveSibling("functions")
                                .resolve(function.toList().get(2).toString()))
                        .isDirectory());
    }

    @Test
    void httpApi_ofOurTemplate_opensWhatTheContractOpens() {
        HttpApi open = read(OURS, TRAINING).httpApi();
        HttpApi guarded = read(OURS, Map.of("TrainingInstanceId", "i-2", "RequireAuth", "true"))
                .httpApi();

        assertThat(access(open, "GET", "/status")).isEqualTo(new Route.Access.Open());
        assertThat(access(open, "POST", "/train")).isEqualTo(new Route.Access.Open());
        assertThat(access(open, "POST", "/start")).isEqualTo(new Route.Access.Iam());
        assertThat(access(open, "POST", "/stop")).isEqualTo(new Route.Access.Iam());
        assertThat(access(guarded, "POST", "/train"))
                .isEqualTo(new Route.Access.Authorizer("AuthorizerFunction", "Authorization"));
        assertThat(open.match("DELETE", "/train")).isEmpty();
    }

    /** {@code sam local start-api} can't resolve AWS::NoValue there, and would know none of the authorizers. */
    @Test
    void definitionBody_ofOurTemplate_hasNoAbsentValue() throws IOException {
        Map<?, ?> resources =
                (Map<?, ?>) requireNonNull(Yaml.parse(Files.readString(OURS)).get("Resources"));
        Map<?, ?> api = (Map<?, ?>) requireNonNull(resources.get("Api"));
        Map<?, ?> properties = (Map<?, ?>) requireNonNull(api.get("Properties"));

        assertThat(String.valueOf(properties.get("DefinitionBody")))
                .contains("securitySchemes")
                .doesNotContain("AWS::NoValue");
    }

    /** Routes are not events of functions, for which SAM would create the permissions. */
    @Test
    void permissions_ofOurTemplate_areThoseOfTheRoutes() {
        Map<String, String> everything = Map.of(
                "PlatformTokenArn", "arn:aws:secretsmanager:us-east-1:000000000000:secret:token",
                "ProcessingInstanceId", "i-1",
                "RunsApi", "true",
                "Console", "true",
                "TrainingInstanceId", "i-2");
        Template template = read(OURS, everything);
        Map<?, ?> resources = (Map<?, ?>) requireNonNull(
                Json.object(template.packaged("packages").getBytes(UTF_8)).get("Resources"));
        List<String> permitted = resources.values().stream()
                .map(resource -> (Map<?, ?>) resource)
                .filter(resource -> "AWS::Lambda::Permission".equals(resource.get("Type")))
                .map(resource -> (Map<?, ?>) requireNonNull(resource.get("Properties")))
                .map(properties -> properties.get("FunctionName") + " " + properties.get("SourceArn"))
                .toList();

        var unused = new TreeSet<>(permitted);
        unused.removeIf(permission -> !permission.contains("${Api}/*/"));
        for (Route route : template.httpApi().routes()) {
            String arn = ":${Api}/*/" + route.method() + route.path().replaceAll("\\{[^}]*}", "*") + "}";
            List<String> exact = permitted.stream()
                    .filter(permission -> permission.endsWith(arn))
                    .toList();
            List<String> its = exact.isEmpty()
                    ? permitted.stream()
                            .filter(permission -> matches(permission, arn))
                            .toList()
                    : exact;
            assertThat(its).as(route.key()).isNotEmpty().allSatisfy(permission -> assertThat(permission)
                    .startsWith("{Ref=" + route.function()));
            unused.removeAll(its);
        }
        assertThat(unused).isEmpty();
    }

    /** Whether a permission with wildcards covers the end of a route's ARN. */
    private static boolean matches(String permission, String arn) {
        int begin = permission.indexOf(":${Api}/*/");
        return begin >= 0
                && arn.matches(Pattern.quote(permission.substring(begin)).replace("*", "\\E.*\\Q"));
    }

    /** For `sam local`, which passes intrinsic functions that it can't resolve unchanged. */
    @Test
    void variables_ofOurTemplate_areInTheExampleForSamLocal() throws IOException {
        Map<?, ?> example =
                (Map<?, ?>) requireNonNull(Json.object(Files.readAllBytes(OURS.resolveSibling("env.json.example")))
                        .get("Parameters"));
        Map<?, ?> resources = (Map<?, ?>) requireNonNull(
                Json.object(read(OURS, Map.of()).packaged("packages").getBytes(UTF_8))
                        .get("Resources"));

        var ofTheAccount = new TreeSet<String>();
        for (Object resource : resources.values()) {
            variables((Map<?, ?>) resource).forEach((name, value) -> {
                if (value instanceof Map<?, ?>) {
                    ofTheAccount.add(String.valueOf(name));
                }
            });
        }
        assertThat(example.keySet().stream().map(String::valueOf)).containsAll(ofTheAccount);
    }

    private static Map<?, ?> variables(Map<?, ?> resource) {
        return resource.get("Properties") instanceof Map<?, ?> properties
                        && properties.get("Environment") instanceof Map<?, ?> environment
                        && environment.get("Variables") instanceof Map<?, ?> variables
                ? variables
                : Map.of();
    }

    @Test
    void httpApi_whenAStageHasAName_isServedBelowItToo() {
        HttpApi root = read(OURS, TRAINING).httpApi();
        HttpApi prod = read(OURS, Map.of("StageName", "Prod")).httpApi();

        assertThat(root.basePath()).isEmpty();
        assertThat(root.belowStage("/Prod/status")).isEqualTo("/Prod/status");
        assertThat(prod.basePath()).isEqualTo("/Prod");
        assertThat(prod.belowStage("/Prod/status")).isEqualTo("/status");
        assertThat(prod.stage("/Prod/status")).isEqualTo("Prod");
        for (String atTheRoot : List.of("/status", "/Production/status", "/prod/status", "/")) {
            assertThat(prod.belowStage(atTheRoot)).isEqualTo(atTheRoot);
            assertThat(prod.stage(atTheRoot)).isEqualTo("$default");
        }
    }

    @Test
    void httpApi_whenOriginsAreAParameter_takesTheList() {
        var cors = read(OURS, Map.of("AllowedOrigins", "https://a.example,https://b.example"))
                .httpApi()
                .cors()
                .orElseThrow();

        assertThat(cors.headers("https://b.example")).containsEntry("access-control-allow-origin", "https://b.example");
        assertThat(cors.headers("https://c.example")).isEmpty();
        assertThat(read(OURS, TRAINING).httpApi().cors().orElseThrow().headers("https://c.example"))
                .containsEntry("access-control-allow-origin", "*");
    }

    @Test
    void httpApi_whenRoutesOverlap_takesTheMostSpecific() {
        var api = new HttpApi(
                List.of(
                        route("x-amazon-apigateway-any-method", "/{proxy+}"),
                        route("get", "/jobs/{id}"),
                        route("get", "/jobs/new"),
                        route("x-amazon-apigateway-any-method", "/jobs/new")),
                Optional.empty(),
                List.of());

        assertThat(api.match("GET", "/jobs/new").orElseThrow().route().key()).isEqualTo("GET /jobs/new");
        assertThat(api.match("PUT", "/jobs/new").orElseThrow().route().key()).isEqualTo("ANY /jobs/new");
        assertThat(api.match("GET", "/jobs/7").orElseThrow().route().key()).isEqualTo("GET /jobs/{id}");
        assertThat(api.match("PUT", "/jobs/7/x").orElseThrow().pathParameters()).containsEntry("proxy", "jobs/7/x");
    }

    @Test
    void functions_whenConditionIsFalse_areLeftOut() throws IOException {
        var template = write("""
                Parameters:
                  Extra: {Type: String, Default: "no"}
                Conditions:
                  Wanted: !And [!Equals [!Ref Extra, "yes"], !Not [!Equals [!Join [":", [a, !Ref Extra]], "a:no"]]]
                Resources:
                  AlwaysFunction:
                    Type: AWS::Serverless::Function
                    Properties: {FunctionName: !Join ["-", [!Ref AWS::StackName, always]]}
                  RunCheckerFunction:
                    Type: AWS::Serverless::Function
                    Condition: Wanted
                    Properties: {FunctionName: !Sub ["${AWS::StackName}-${Name}", {Name: run-checker}]}
                """);

        assertThat(read(template, Map.of()).functions())
                .extracting(FunctionResource::name)
                .containsExactly("wakebox-always");
        assertThat(read(template, Map.of("Extra", "yes")).functions())
                .extracting(
                        FunctionResource::name,
                        function -> function.module().getFileName().toString())
                .contains(tuple("wakebox-run-checker", "run-checker"));
    }

    @Test
    void packaged_whenDeployed_differsOnlyInWhatIsInFiles() throws IOException {
        Files.writeString(directory.resolve("run.asl.json"), "{\"StartAt\":\"End\"}");
        var template = write("""
                Description: 2012-10-17
                Resources:
                  OneFunction:
                    Type: AWS::Serverless::Function
                    Properties: {CodeUri: ., FunctionName: one, MemorySize: 512, Role: !GetAtt Role.Arn}
                  Role:
                    Type: AWS::IAM::Role
                    Properties: {AssumeRolePolicyDocument: {Version: 2012-10-17}}
                  Run:
                    Type: AWS::Serverless::StateMachine
                    Properties: {DefinitionUri: run.asl.json, Name: run}
                """);

        assertThat(Json.object(read(template, Map.of()).packaged("packages").getBytes(UTF_8)))
                .isEqualTo(Json.object("""
                                {
                                  "Description": "2012-10-17",
                                  "Resources": {
                                    "OneFunction": {
                                      "Type": "AWS::Serverless::Function",
                                      "Properties": {
                                        "CodeUri": "s3://packages/OneFunction.zip",
                                        "FunctionName": "one",
                                        "MemorySize": 512,
                                        "Role": {"Fn::GetAtt": ["Role", "Arn"]}
                                      }
                                    },
                                    "Role": {
                                      "Type": "AWS::IAM::Role",
                                      "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17"}}
                                    },
                                    "Run": {
                                      "Type": "AWS::Serverless::StateMachine",
                                      "Properties": {"Definition": {"StartAt": "End"}, "Name": "run"}
                                    }
                                  }
                                }
                                """.getBytes(UTF_8)));
    }

    @Test
    void read_whenMistaken_saysWhereAndWhat() throws IOException {
        assertThatThrownBy(() -> read(directory.resolve("none.yaml"), Map.of()))
                .isInstanceOf(LocalException.class)
                .hasMessageContaining("none.yaml");
        Path broken = write("Resources: [\n  a: {\n");
        assertThatThrownBy(() -> read(broken, Map.of()))
                .isInstanceOf(LocalException.class)
                .hasMessageContaining("line");
        Path nameless = write("Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: .}}}");
        assertThatThrownBy(() -> read(nameless, Map.of()).functions())
                .isInstanceOf(LocalException.class)
                .hasMessageContaining("The function F")
                .hasMessageContaining("FunctionName");
        Path conditionless = write("Resources: {F: {Type: AWS::Serverless::Function, Condition: Never}}");
        assertThatThrownBy(() -> read(conditionless, Map.of()).functions())
                .isInstanceOf(LocalException.class)
                .hasMessageContaining("\"Never\"");
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("template.yaml"), yaml);
    }

    private static Template read(Path file, Map<String, String> parameters) {
        return Template.read(
                file,
                parameters,
                Map.of("AWS::StackName", "wakebox", "AWS::Region", "us-east-1", "AWS::Partition", "aws"));
    }

    private static Route route(String method, String path) {
        return Route.of(method, path, "F", new Route.Access.Open());
    }

    private static Route.Access access(HttpApi api, String method, String path) {
        return api.match(method, path).orElseThrow().route().access();
    }
}
