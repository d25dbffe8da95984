package dev.wakebox.deadletters;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A message of a dead-letter queue, as operators see it: without secrets.
 *
 * @param received how often it was received
 * @param attributes its own attributes, such as Lambda's ErrorMessage
 */
public record DeadLetter(String id, Instant sent, int received, Map<String, String> attributes, String body) {
    /** A field whose name says that its value is a secret, such as the caller's header in the message of a training; also in JSON within JSON. */
    private static final Pattern FIELD = Pattern.compile(
            "(\\\\*\"[\\w-]*(?:authorization|secret|password|api-?key)[\\w-]*\\\\*\"\\s*:\\s*\\\\*\")[^\"\\\\]+",
            Pattern.CASE_INSENSITIVE);

    /** A signature in a presigned URL. */
    private static final Pattern SIGNED =
            Pattern.compile("(X-Amz-(?:Signature|Security-Token)=)[^&\"\\\\\\s]+", Pattern.CASE_INSENSITIVE);

    /** A token without a field that names it. */
    private static final Pattern JWT = Pattern.compile("\\beyJ[\\w-]{10,}\\.[\\w-]+\\.[\\w-]+");

    public DeadLetter {
        requireNonNull(id, "id is null");
        requireNonNull(sent, "sent is null");
        requireNonNull(attributes, "attributes is null");
        requireNonNull(body, "body is null");
    }

    /** The same message with a shorter body. */
    public DeadLetter shortened(int characters) {
        return body.length() <= characters
                ? this
                : new DeadLetter(id, sent, received, attributes, body.substring(0, characters) + "…");
    }

    static String withoutSecrets(String text) {
        String named = FIELD.matcher(text).replaceAll("$1…");
        String signed = SIGNED.matcher(named).replaceAll("$1…");
        return JWT.matcher(signed).replaceAll("…");
    }
}
