package dev.wakebox.functions.webhookegress;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the platform says of a job, as metadata of an S3 object. */
final class JobMetadata {
    /** S3 takes 2 KB of names and values together. */
    private static final int MOST = 2000;

    private JobMetadata() {}

    /** Texts, numbers and booleans; what isn't plain ASCII is URL-encoded, and what is too much is left out. */
    static Map<String, String> of(String id, Map<String, @Nullable Object> job) {
        var metadata = new TreeMap<String, String>();
        metadata.put("job-id", id);
        int size = "job-id".length() + id.length();
        for (var field : new TreeMap<>(job).entrySet()) {
            String name = field.getKey().toLowerCase(Locale.ROOT).replace('_', '-');
            if (!name.matches("[a-z0-9-]{1,64}")
                    || !(field.getValue() instanceof String
                            || field.getValue() instanceof Number
                            || field.getValue() instanceof Boolean)) {
                continue;
            }
            String value = field.getValue().toString();
            if (!value.matches("[ -$&-~]*") || !value.equals(value.strip())) {
                value = URLEncoder.encode(value, StandardCharsets.UTF_8);
            }
            if (size + name.length() + value.length() <= MOST && metadata.putIfAbsent(name, value) == null) {
                size += name.length() + value.length();
            }
        }
        return metadata;
    }
}
