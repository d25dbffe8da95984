package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.wakebox.local.Template.FunctionResource;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateTest {
    private static final Path OURS = Path.of("..", "template.yaml");

    @TempDir
    Path directory;

    @Test
    void functions_ofOurTemplate_areOurModules() {
        assertThat(read(OURS, Map.of()).functions())
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
        HttpApi open = read(OURS, Map.of()).httpApi();
        HttpApi guarded = read(OURS, Map.of("RequireAuth", "true")).httpApi();

        assertThat(access(open, "GET", "/status")).isEqualTo(new Route.Access.Open());
        assertThat(access(open, "POST", "/train")).isEqualTo(new Route.Access.Open());
        assertThat(access(open, "POST", "/start")).isEqualTo(new Route.Access.Iam());
        assertThat(access(open, "POST", "/stop")).isEqualTo(new Route.Access.Iam());
        assertThat(access(guarded, "POST", "/train"))
                .isEqualTo(new Route.Access.Authorizer("AuthorizerFunction", "Authorization"));
        assertThat(open.match("DELETE", "/train")).isEmpty();
    }

    @Test
    void httpApi_whenOriginsAreAParameter_takesTheList() {
        var cors = read(OURS, Map.of("AllowedOrigins", "https://a.example, https://b.example"))
                .httpApi()
                .cors()
                .orElseThrow();

        assertThat(cors.headers("https://b.example")).containsEntry("access-control-allow-origin", "https://b.example");
        assertThat(cors.headers("https://c.example")).isEmpty();
        assertThat(read(OURS, Map.of()).httpApi().cors().orElseThrow().headers("https://c.example"))
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
                Optional.empty());

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
