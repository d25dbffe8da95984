package dev.wakebox.functions.commander;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wakebox.compute.execution.CommandVariables;
import dev.wakebox.compute.execution.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the scripts in a real shell. The program {@code aws} of the test prints the file whose name ends its ARN, and
 * writes its arguments and environment down.
 */
class VariableLinesTest {
    private static final String SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";
    private static final String PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/";
    private static final String CANARY = "c4n4ry-b3$t`of \"all\" 'birds'\\n";

    @TempDir
    Path home;

    private Path bin;

    private record Ran(int exitCode, String out, String err) {}

    @BeforeEach
    void installAws() throws IOException {
        bin = Files.createDirectory(home.resolve("bin"));
        program("aws", """
                env >> "$HOME/aws-environment"
                echo "$*" >> "$HOME/aws-arguments"
                for word in "$@"; do
                  case $word in arn:*) arn=$word ;; esac
                done
                file=$HOME/${arn##*[:/]}
                [ -e "$file" ] || { echo "An error occurred (AccessDeniedException)" >&2; exit 254; }
                cat "$file"
                echo
                """);
    }

    @Test
    void of_noVariables_isNoLine() {
        assertThat(VariableLines.of(new CommandVariables(Map.of(), Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "it's", "a b\n\nc\n", "$HOME `date` \\ \"", "", "{{ ssm:x }}", "ñ → 鳥"})
    void of_texts_reachTheCommandsAsTheyAre(String text) throws Exception {
        assertThat(printed(Map.of("TEXT", text), Map.of(), "TEXT")).isEqualTo(new Ran(0, text, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {CANARY, "two\nlines\n\n", "None", "x", "ñ → 鳥"})
    void of_secrets_reachTheCommandsAsTheyAre(String value) throws Exception {
        keep("whole-AbCdEf", value);
        keep("parameter", value);

        assertThat(printed(Map.of(), Map.of("SECRET", SECRET + "whole-AbCdEf"), "SECRET"))
                .isEqualTo(new Ran(0, value, ""));
        assertThat(printed(Map.of(), Map.of("SECRET", PARAMETER + "a/parameter"), "SECRET"))
                .isEqualTo(new Ran(0, value, ""));
        assertThat(Files.readString(home.resolve("aws-arguments")))
                .contains("secretsmanager get-secret-value --region us-east-1 --secret-id " + SECRET + "whole-AbCdEf ")
                .contains("ssm get-parameter --region eu-west-1 --name " + PARAMETER
                        + "a/parameter --with-decryption --query Parameter.Value ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a key": "value", "b": "no"}     | a key | value
            {"a": "two\\nlines\\n"}           | a     | two\\nlines\\n
            {"a": ""}                         | a     | ``
            {"a": 12}                         | a     | 12
            {"a": false}                      | a     | false
            {"a": {"b": "\\u00f1"}}           | a     | {"b": "ñ"}
            {"it's": "\\u9ce5"}               | it's  | 鳥
            """)
    void of_keyOfAJsonSecret_reachesTheCommands(String json, String key, String value) throws Exception {
        keep("json-AbCdEf", json);

        assertThat(printed(Map.of(), Map.of("SECRET", SECRET + "json-AbCdEf:" + key + "::"), "SECRET"))
                .isEqualTo(new Ran(0, value.replace("\\n", "\n"), ""));
    }

    @Test
    void of_versionOfASecret_isAskedFor() throws Exception {
        keep("json-AbCdEf", "{}");

        run(Map.of(), Map.of("SECRET", SECRET + "json-AbCdEf::AWSPREVIOUS:0a-1"), "true");

        assertThat(Files.readString(home.resolve("aws-arguments")))
                .contains("--secret-id " + SECRET + "json-AbCdEf --version-stage AWSPREVIOUS --version-id 0a-1 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"absent", "json-AbCdEf:absent::", "list:a::", "text:a::", "absent:a::"})
    void of_secretThatCanNotBeRead_endsTheScriptWithItsFieldAndArn(String secret) throws Exception {
        keep("json-AbCdEf", "{\"a\": \"" + CANARY.replaceAll("[\"\\\\]", "") + "\"}");
        keep("list", "[\"c4n4ry\"]");
        keep("text", "c4n4ry");
        keep("first", "c4n4ry");

        Ran ran = run(Map.of(), Map.of("FIRST", SECRET + "first", "BROKEN", SECRET + secret), "echo ran");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .contains("$.run_options.secrets.BROKEN: " + SECRET + secret + " could not be read")
                .endsWith("no command ran.\n")
                .doesNotContain("c4n4ry")
                .doesNotContain("failed with exit code");
        assertThat(run(Map.of(), Map.of("BROKEN", SECRET + secret), "echo ran").err())
                .contains("sent twice");
    }

    @Test
    void of_keyWithoutAProgramThatReadsJson_saysWhatTheImageNeeds() throws Exception {
        keep("json-AbCdEf", "{\"a\": \"c4n4ry\"}");
        for (String name : List.of("cat", "env", "mkdir", "mv", "rmdir", "sleep")) {
            program(name, "exec " + program(name) + " \"$@\"\n");
        }

        Ran ran = shell(
                bin.toString(),
                script(false, Map.of(), Map.of("SECRET", SECRET + "json-AbCdEf:a::"), List.of("echo ran")));

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("needs python3 or jq on the image", "$.run_options.secrets.SECRET");
    }

    @Test
    void of_keyWithJqAlone_reachesTheCommands() throws Exception {
        Path jq = program("jq");
        assumeTrue(Files.exists(jq), "jq isn't installed on this computer");
        keep("json-AbCdEf", "{\"a\": \"two\\nlines\\n\", \"b\": false}");
        for (String name : List.of("cat", "env", "mkdir", "mv", "rmdir", "sleep", "jq")) {
            program(name, "exec " + program(name) + " \"$@\"\n");
        }
        for (var each : Map.of("a", "two\nlines\n", "b", "false").entrySet()) {
            var script = script(
                    true,
                    Map.of(),
                    Map.of("SECRET", SECRET + "json-AbCdEf:" + each.getKey() + "::"),
                    List.of("printf %s \"$SECRET\""));

            assertThat(shell(bin.toString(), script)).isEqualTo(new Ran(0, each.getValue(), ""));
            forgetTheRun();
        }
        assertThat(shell(
                                bin.toString(),
                                script(true, Map.of(), Map.of("SECRET", SECRET + "absent:a::"), List.of("echo ran")))
                        .exitCode())
                .isEqualTo(1);
    }

    /** The CLI gets neither the secrets that were read before nor env, and uses no keys of the image's files. */
    @Test
    void of_anyVariable_isOnlyInTheEnvironmentOfTheCommands() throws Exception {
        keep("first", "c4n4ry-1");
        keep("second", "{\"a\": \"c4n4ry-2\"}");
        var secrets = new LinkedHashMap<String, String>();
        secrets.put("FIRST", SECRET + "first");
        secrets.put("SECOND", SECRET + "second:a::");
        secrets.put("THIRD", PARAMETER + "first");

        Ran ran = run(
                Map.of("HOME_OF_BIRDS", "n3st"),
                secrets,
                "[ \"$FIRST $SECOND $THIRD\" = 'c4n4ry-1 c4n4ry-2 c4n4ry-1' ]",
                "env | grep -c -e c4n4ry -e n3st",
                "set | grep -c wakebox_secret_ || :");

        assertThat(ran).isEqualTo(new Ran(0, "4\n0\n", ""));
        assertThat(Files.readString(home.resolve("aws-environment")))
                .contains("AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
                .doesNotContain("c4n4ry")
                .doesNotContain("n3st");
        assertThat(Files.readString(home.resolve("aws-arguments"))).doesNotContain("c4n4ry");
        try (Stream<Path> kept = Files.walk(home.resolve(".wakebox"))) {
            for (Path file : kept.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).doesNotContain("c4n4ry");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void of_variables_reachAnotherInterpreterToo(boolean keepGoing) throws Exception {
        keep("whole-AbCdEf", CANARY);
        var commands =
                List.of("#!/usr/bin/env python3", "import os", "print(os.environ['SECRET'] + os.environ['TEXT'])");

        assertThat(shell(
                        path(),
                        script(keepGoing, Map.of("TEXT", "!"), Map.of("SECRET", SECRET + "whole-AbCdEf"), commands)))
                .isEqualTo(new Ran(0, CANARY + "!\n", ""));
    }

    /** The last lines of standard error tell which command failed, as without variables. */
    @Test
    void of_variables_leaveTheEndOfTheScriptAsItIs() throws Exception {
        assertThat(run(Map.of("TEXT", "x"), Map.of(), "true", "exit 3"))
                .isEqualTo(new Ran(3, "", "Command 2 of 2 failed with exit code 3.\n"));
    }

    private Ran printed(Map<String, String> texts, Map<String, String> secrets, String name) throws Exception {
        Ran ran = run(texts, secrets, "sh -c 'printf %s \"$" + name + "\"'");
        forgetTheRun();
        return ran;
    }

    private Ran run(Map<String, String> texts, Map<String, String> secrets, String... commands) throws Exception {
        return shell(path(), script(false, texts, secrets, List.of(commands)));
    }

    private String path() {
        return bin + ":" + System.getenv("PATH");
    }

    private static List<String> script(
            boolean keepGoing, Map<String, String> texts, Map<String, String> secrets, List<String> commands) {
        var references = new LinkedHashMap<String, SecretReference>();
        secrets.forEach(
                (name, arn) -> references.put(name, SecretReference.of(arn).orElseThrow()));
        var variables = new Preamble(VariableLines.of(new CommandVariables(texts, references)), "");
        return keepGoing
                ? Script.keepGoing("i-1/night/0", variables, commands)
                : Script.stopAtFirstFailure("i-1/night/0", variables, commands);
    }

    private Ran shell(String path, List<String> lines) throws Exception {
        var builder = new ProcessBuilder("/bin/sh", "-c", String.join("\n", lines));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("PATH", path);
        builder.environment().put("LC_ALL", "C.UTF-8");
        var process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        return new Ran(process.waitFor(), out, err);
    }

    private void forgetTheRun() throws IOException {
        try (Stream<Path> kept = Files.walk(home.resolve(".wakebox"))) {
            for (Path file : kept.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void keep(String name, String value) throws IOException {
        Files.writeString(home.resolve(name), value);
    }

    private void program(String name, String script) throws IOException {
        Path file = bin.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A program of this computer. */
    private static Path program(String name) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(Path.of("/absent", name));
    }
}
