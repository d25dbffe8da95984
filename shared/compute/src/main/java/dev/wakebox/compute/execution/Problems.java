package dev.wakebox.compute.execution;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything that is wrong with a document, each with its JSON path, told at once. */
final class Problems {
    private static final int LONGEST_VALUE = 80;
    private final List<String> found = new ArrayList<>();

    void add(String path, String rule) {
        found.add(path + ": " + rule);
    }

    /** A value that breaks a rule; the message shows it. */
    void add(String path, String rule, @Nullable Object value) {
        String json = Json.string(value);
        add(path, rule + ", is " + (json.length() <= LONGEST_VALUE ? json : json.substring(0, LONGEST_VALUE) + "…"));
    }

    /** A problem of a value that may have been told already. */
    void addIfNew(String path, String rule) {
        if (found.stream().noneMatch(told -> told.startsWith(path + ": "))) {
            add(path, rule);
        }
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The execution can't run; nothing was launched. " + String.join("; ", found) + ".");
        }
    }
}
