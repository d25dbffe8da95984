package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What build/MakeTemplate.java makes of the sources of template.yaml. */
class MakeTemplateTest {
    private static final Path ROOT =
            Path.of(System.getProperty("wakebox.root", "..")).toAbsolutePath().normalize();

    private static final int MOST_LINES = 450;

    @TempDir
    Path directory;

    /** What the program printed, its errors too, and its exit code. */
    private record Result(int exitCode, String printed) {}

    @Test
    void template_inGit_isWhatItsSourcesMake() throws Exception {
        String committed = Files.readString(ROOT.resolve("template.yaml"));

        Result made = makeTemplate(ROOT);

        assertThat(made.exitCode()).as(made.printed()).isZero();
        assertThat(committed)
                .withFailMessage(
                        "template.yaml is not what template/ and api/openapi.yaml make; run: ./wakebox template")
                .isEqualTo(made.printed());
    }

    @Test
    void sources_areShortAndAllIncluded() throws IOException {
        String template = Files.readString(ROOT.resolve("template.yaml"));

        try (Stream<Path> sources = Files.list(ROOT.resolve("template"))) {
            assertThat(sources).isNotEmpty().allSatisfy(source -> {
                assertThat(Files.readAllLines(source))
                        .as("the lines of %s; move resources to another file of template/", source)
                        .hasSizeLessThanOrEqualTo(MOST_LINES);
                if (!source.endsWith("root.yaml")) {
                    assertThat(template)
                            .as("no source has the line '# include: template/%s'", source.getFileName())
                            .contains("- template/" + source.getFileName() + "\n");
                }
            });
        }
    }

    @Test
    void include_always_keepsCommentsAndIndents() throws Exception {
        root("Resources:", "  # include: template/queues.yaml", "", "Outputs: {}");
        write("template/queues.yaml", """
                # Of both.

                Queue: # one
                  Type: AWS::SQS::Queue
                """);

        assertThat(makeTemplate(directory).printed().lines().skip(1))
                .containsExactly(
                        "Resources:",
                        "  # ---------------------------------------------------------------- template/queues.yaml",
                        "  # Of both.",
                        "",
                        "  Queue: # one",
                        "    Type: AWS::SQS::Queue",
                        "",
                        "Outputs: {}");
    }

    @Test
    void routes_always_haveASecondGreedyRoute() throws Exception {
        root("paths:", "  # routes: api.yaml");
        write("api.yaml", """
                paths:
                  /things:
                    x-wakebox-condition: ThingsOn
                    get:
                      summary: Returns the things
                      x-wakebox-function: ThingsFunction
                      security: [{}, { jwt: [] }]
                      responses: { "200": { description: The things } }
                """);

        assertThat(makeTemplate(directory).printed()).endsWith("""
                  /things: !If
                    - ThingsOn
                    - get:
                        summary: Returns the things
                        security: !If [JwtOn, [{ jwt: [] }], []]
                        responses: { default: { description: see api/openapi.yaml } }
                        x-amazon-apigateway-integration:
                          type: aws_proxy
                          httpMethod: POST
                          payloadFormatVersion: "2.0"
                          uri: !Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${ThingsFunction.Arn}:live/invocations
                    - {}
                  /things/{proxy+}: !If
                    - ThingsOn
                    - get:
                        summary: The same route with a trailing slash
                        security: !If [JwtOn, [{ jwt: [] }], []]
                        responses: { default: { description: see api/openapi.yaml } }
                        x-amazon-apigateway-integration:
                          type: aws_proxy
                          httpMethod: POST
                          payloadFormatVersion: "2.0"
                          uri: !Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${ThingsFunction.Arn}:live/invocations
                    - {}
                """);
    }

    @Test
    void routes_ofAPathWithTwoMethods_shareItsConditionAndItsGreedyPath() throws Exception {
        root("# routes: api.yaml");
        write("api.yaml", """
                paths:
                  # Two methods.
                  /things/{id}:
                    x-wakebox-condition: ThingsOn
                    x-wakebox-greedy: /things/{proxy+}
                    parameters:
                      - { name: id, in: path, required: true, schema: { type: string } }
                    get:
                      summary: Returns a thing
                      x-wakebox-function: GetFunction
                      security: []
                    post:
                      summary: Changes a thing
                      description: >-
                        Nothing else.
                      x-wakebox-function: ChangeFunction
                      security: [{ iam: [] }]
                components:
                  schemas: {}
                """);

        String made = makeTemplate(directory).printed();

        assertThat(made.lines().map(String::strip).filter(line -> line.matches("/.*|- .*|post:|.*integration:")))
                .containsExactly(
                        "/things/{id}: !If",
                        "- ThingsOn",
                        "- get:",
                        "x-amazon-apigateway-integration:",
                        "post:",
                        "x-amazon-apigateway-integration:",
                        "- {}",
                        "/things/{proxy+}: !If",
                        "- ThingsOn",
                        "- get:",
                        "x-amazon-apigateway-integration:",
                        "post:",
                        "x-amazon-apigateway-integration:",
                        "- {}");
        assertThat(made)
                .containsSubsequence("security: []", "GetFunction", "security: [{ iam: [] }]", "ChangeFunction");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            x-wakebox-condition: On | x-other: On      | /status has no x-wakebox-condition in one line
            x-wakebox-function: F   | x-other: F       | get /status has no x-wakebox-function in one line
            summary: Returns it     | summary: >-      | get /status has no summary in one line
            "security: []"          | "security: [{}]" | "get /status has the security [{}], for which the template has no scheme"
            get:                    | fetch:           | /status has no method
            /status:                | /status: {}      | "api.yaml must have a path with a colon, and no more, in this line:   /status: {}"
            /status:                | '/status':       | "api.yaml must have a path with a colon, and no more, in this line:   '/status':"
            """)
    void routes_whenSomethingIsMissing_saysWhat(String line, String instead, String message) throws Exception {
        root("# routes: api.yaml");
        write("api.yaml", """
                paths:
                  /status:
                    x-wakebox-condition: On
                    get:
                      summary: Returns it
                      x-wakebox-function: F
                      security: []
                """.replace(line, instead));

        assertThat(makeTemplate(directory))
                .isEqualTo(new Result(2, "wakebox: template.yaml can't be made: " + message + "\n"));
    }

    private void root(String... lines) throws IOException {
        Files.createDirectories(directory.resolve("template"));
        write("template/root.yaml", String.join("\n", lines));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }

    private static Result makeTemplate(Path root) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        ROOT.resolve("build/MakeTemplate.java").toString())
                .directory(root.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Result(process.waitFor(), printed);
    }
}
