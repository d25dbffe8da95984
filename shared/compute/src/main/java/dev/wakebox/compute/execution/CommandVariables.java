package dev.wakebox.compute.execution;

import dev.wakebox.runtime.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The variables that only the commands have in their environment: {@code env} and {@code secrets} of
 * {@code run_options}, validated. No message about them has a value, because any of them may be a secret.
 *
 * @param texts by the variable's name, in the order of the document
 * @param secrets by the variable's name, in the order of the document
 */
public record CommandVariables(Map<String, String> texts, Map<String, SecretReference> secrets) {
    private static final String TEXTS = "env";
    private static final String SECRETS = "secrets";

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** What the script and its tools need, the instance's own credentials, and what a shell doesn't let one set. */
    private static final Pattern RESERVED = Pattern.compile("PATH|LD_.*|(?i:WAKEBOX_.*)"
            + "|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CONTAINER_.*|WEB_IDENTITY_TOKEN_FILE)"
            + "|_|UID|EUID|PPID|SHELLOPTS|BASHOPTS|BASH_VERSINFO");

    public CommandVariables {
        texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
        secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
    }

    static CommandVariables of(OptionReader options, Problems problems) {
        JsonObject env = object(options, TEXTS, problems);
        JsonObject references = object(options, SECRETS, problems);
        var texts = new LinkedHashMap<String, String>();
        env.forEach((name, value) -> {
            String path = path(options, TEXTS, name);
            checkName(name, path, problems);
            if (!(value instanceof String text) || text.indexOf('\0') >= 0) {
                problems.add(path, "must be a string, without the character NUL");
                return;
            }
            PlainTextKey.in(name, text)
                    .ifPresent(kind -> problems.add(
                            path,
                            "looks like " + kind
                                    + ", which everyone who sees the execution can read: keep it in Secrets"
                                    + " Manager and give its ARN in " + options.path(SECRETS)
                                    + ". If the document was submitted, its history has the key: replace the key"));
            texts.put(name, text);
        });
        var secrets = new LinkedHashMap<String, SecretReference>();
        references.forEach((name, value) -> {
            String path = path(options, SECRETS, name);
            checkName(name, path, problems);
            if (env.containsKey(name)) {
                problems.add(path, "is also in " + options.path(TEXTS));
            }
            reference(value)
                    .ifPresentOrElse(
                            reference -> secrets.put(name, reference),
                            () -> problems.add(
                                    path,
                                    "must be the ARN of a secret in Secrets Manager (arn:aws:secretsmanager:REGION:ACCOUNT:"
                                            + "secret:NAME, or for a key of its JSON arn:…:secret:NAME:KEY::) or of a"
                                            + " parameter of Systems Manager (arn:aws:ssm:REGION:ACCOUNT:parameter/NAME)"));
        });
        return new CommandVariables(texts, secrets);
    }

    /** The JSON path of the secret of a variable. */
    public static String pathOfSecret(String name) {
        return "$.run_options." + SECRETS + "." + name;
    }

    private static JsonObject object(OptionReader options, String name, Problems problems) {
        Object value = options.get(name);
        Optional<JsonObject> object = JsonObject.from(value);
        if (value != null && object.isEmpty()) {
            problems.add(options.path(name), "must be an object: names of variables and their values");
        }
        return object.orElse(JsonObject.of());
    }

    private static Optional<SecretReference> reference(@Nullable Object value) {
        return value instanceof String text ? SecretReference.of(text) : Optional.empty();
    }

    private static void checkName(String name, String path, Problems problems) {
        if (!NAME.matcher(name).matches()) {
            problems.add(path, "must be the name of a variable: letters A to Z, digits and _, with no digit first");
        } else if (RESERVED.matcher(name).matches()) {
            problems.add(
                    path,
                    "must not be set: PATH, LD_…, WAKEBOX_…, the credentials in AWS_… and what a shell protects are the"
                            + " instance's own");
        }
    }

    private static String path(OptionReader options, String option, String name) {
        return options.path(option) + "." + name;
    }
}
