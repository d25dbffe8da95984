package dev.wakebox.graphql;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The header that a firewall in front of the GraphQL server requires. Its name and value are in a secret, {@code
 * {"name": …, "value": …}}, and are never logged. Thread-safe.
 */
public final class SecretHeader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e\\x80-\\xff]+");

    private final Secret secret;

    public SecretHeader(Secret secret) {
        this.secret = requireNonNull(secret, "secret is null");
    }

    /**
     * The name and value of the header.
     *
     * @throws WakeboxException {@code INTERNAL} when the secret has another form or can't be read
     */
    Map.Entry<String, String> read() {
        JsonObject fields;
        try {
            fields = Json.object(secret.value().getBytes(StandardCharsets.UTF_8));
        } catch (WakeboxException e) {
            if (e.code() != ErrorCode.INVALID_REQUEST) {
                throw e;
            }
            throw wrong(); // the message of the exception could quote the secret
        }
        String name = fields.text("name");
        String value = fields.text("value");
        if (NAME.matcher(name).matches() && VALUE.matcher(value).matches()) {
            return Map.entry(name, value);
        }
        throw wrong();
    }

    private static WakeboxException wrong() {
        return new WakeboxException(
                ErrorCode.INTERNAL,
                "The secret of GraphqlSecretHeaderArn must be {\"name\": \"<header>\", \"value\": \"<its value>\"}.");
    }
}
