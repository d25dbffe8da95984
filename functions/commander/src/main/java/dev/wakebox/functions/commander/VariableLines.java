package dev.wakebox.functions.commander;

import static dev.wakebox.functions.commander.Script.quoted;

import dev.wakebox.compute.execution.CommandVariables;
import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.SecretReference;
import dev.wakebox.compute.execution.SecretReference.ManagedSecret;
import dev.wakebox.compute.execution.SecretReference.StoredParameter;
import dev.wakebox.runtime.TraceContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the lines of the script that give the commands their variables. The instance reads the secrets itself, by the
 * AWS CLI with the role of its profile alone. A value passes through pipes and the shell's own variables only: never
 * through an argument of a program, a file, or the output. The script exports all of them when all are read, so that
 * no variable reaches the CLI.
 */
final class VariableLines {
    /** Prints one field of the JSON object in the standard input; nothing of that object is in its messages. */
    private static final String KEY_BY_PYTHON = "import json, sys;"
            + " value = json.loads(sys.stdin.buffer.read().decode())[sys.argv[1]];"
            + " text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False);"
            + " sys.stdout.buffer.write((text + \"\\n\").encode())";

    private static final String KEY_BY_JQ = "input | if type == \"object\" and has($key)"
            + " then .[$key] | if type == \"string\" then . else tojson end else error end";

    private static final List<String> FUNCTIONS = List.of(
            "wakebox_aws() { AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null"
                    + " aws \"$@\" --output text --cli-connect-timeout 10; }",
            "wakebox_key() {",
            "if command -v python3 >/dev/null; then python3 -I -c '" + KEY_BY_PYTHON + "' \"$1\" 2>/dev/null",
            "elif command -v jq >/dev/null; then jq -nr --arg key \"$1\" '" + KEY_BY_JQ + "' 2>/dev/null",
            "else echo 'A key of a JSON secret needs python3 or jq on the image.' >&2; return 1; fi",
            "}",
            "wakebox_unread() { printf '%s\\n' \"$1\" >&2; exit 1; }");

    private VariableLines() {}

    /**
     * The line for the place of an attempt in a trace, under the names that OpenTelemetry gives these variables.
     *
     * @param trace the place of the run
     */
    static String of(TraceContext trace, Run run) {
        TraceContext attempt = trace.child(String.valueOf(run.attempt()));
        return "export TRACEPARENT=" + attempt.traceparent()
                + attempt.state().map(state -> " TRACESTATE=" + quoted(state)).orElse("");
    }

    /** The lines; none for no variables. */
    static List<String> of(CommandVariables variables) {
        var lines = new ArrayList<String>();
        var exports = new ArrayList<String>();
        variables.texts().forEach((name, text) -> exports.add("export " + name + "=" + quoted(text)));
        if (!variables.secrets().isEmpty()) {
            lines.addAll(FUNCTIONS);
            variables.secrets().forEach((name, reference) -> {
                String kept = "wakebox_secret_" + name;
                // The x keeps the line breaks at the value's end, which $(…) removes; the CLI adds one.
                lines.add("wakebox_value=$(" + read(reference) + " && echo x) || wakebox_unread "
                        + quoted(unread(name, reference)));
                lines.add(kept + "=${wakebox_value%?x}");
                exports.add("export " + name + "=\"$" + kept + "\"; unset " + kept);
            });
            exports.add("unset wakebox_value; unset -f wakebox_aws wakebox_key wakebox_unread");
        }
        lines.addAll(exports);
        return lines;
    }

    private static String read(SecretReference reference) {
        return switch (reference) {
            // join() fails for a secret that is binary, which the CLI would print as None
            case ManagedSecret secret ->
                "wakebox_aws secretsmanager get-secret-value --region " + secret.region() + " --secret-id "
                        + quoted(secret.arn())
                        + secret.stage()
                                .map(stage -> " --version-stage " + quoted(stage))
                                .orElse("")
                        + secret.version()
                                .map(version -> " --version-id " + quoted(version))
                                .orElse("")
                        + " --query \"join('', [SecretString])\""
                        + secret.key()
                                .map(key -> " | wakebox_key " + quoted(key))
                                .orElse("");
            case StoredParameter parameter ->
                "wakebox_aws ssm get-parameter --region " + parameter.region() + " --name " + quoted(parameter.given())
                        + " --with-decryption --query Parameter.Value";
        };
    }

    /** What the cause of the run then says. */
    private static String unread(String name, SecretReference reference) {
        boolean key = reference instanceof ManagedSecret secret && secret.key().isPresent();
        return CommandVariables.pathOfSecret(name) + ": " + reference.given()
                + " could not be read with the role of the instance"
                + (key ? ", or is no JSON object with that key" : "") + "; no command ran.";
    }
}
