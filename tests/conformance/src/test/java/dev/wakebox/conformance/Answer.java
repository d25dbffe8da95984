package dev.wakebox.conformance;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An HTTP answer; a repeated header has its first value. */
record Answer(int status, Map<String, String> headers, byte[] body) {
    Answer {
        var names = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        names.putAll(headers);
        headers = names;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    Answer with(String text) {
        return new Answer(status, headers, text.getBytes(StandardCharsets.UTF_8));
    }

    Answer without(String header) {
        var others = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        others.putAll(headers);
        others.remove(header);
        return new Answer(status, others, body);
    }
}
