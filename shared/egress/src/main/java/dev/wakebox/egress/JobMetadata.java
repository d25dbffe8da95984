package dev.wakebox.egress;

import dev.wakebox.runtime.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The platform's description of a job as metadata of an S3 object. */
final class JobMetadata {
    /** S3's limit for names and values together is 2 KB. */
    private static final int MOST = 2000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
    /** Printable ASCII but {@code %}, which the URL encoding has. */
    private static final Pattern PLAIN = Pattern.compile("[ -$&-~]*");

    private JobMetadata() {}

    /**
     * Keeps texts, numbers and booleans. URL-encodes values that are not plain ASCII, and omits what exceeds the limit.
     */
    static Map<String, String> of(String id, JsonObject job) {
        var metadata = new TreeMap<String, String>();
        metadata.put("job-id", id);
        int size = "job-id".length() + id.length();
        for (var field : new TreeMap<>(job).entrySet()) {
            String name = field.getKey().toLowerCase(Locale.ROOT).replace('_', '-');
            if (!NAME.matcher(name).matches()
                    || !(field.getValue() instanceof String
                            || field.getValue() instanceof Number
                            || field.getValue() instanceof Boolean)) {
                continue;
            }
            String value = field.getValue().toString();
            if (!PLAIN.matcher(value).matches() || !value.equals(value.strip())) {
                value = URLEncoder.encode(value, StandardCharsets.UTF_8);
            }
            if (size + name.length() + value.length() <= MOST && metadata.putIfAbsent(name, value) == null) {
                size += name.length() + value.length();
            }
        }
        return metadata;
    }
}
