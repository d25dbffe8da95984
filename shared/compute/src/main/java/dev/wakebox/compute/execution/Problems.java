package dev.wakebox.compute.execution;

import static java.util.stream.Collectors.joining;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects all problems of a document with their JSON paths, so that they are reported at once. */
final class Problems {
    private static final int LONGEST_VALUE = 80;
    private final List<Mistake> found = new ArrayList<>();

    void add(String path, String rule) {
        found.add(new Mistake(path, rule));
    }

    /** Adds a value that breaks a rule; the message shows the value. */
    void add(String path, String rule, @Nullable Object value) {
        String json = Json.string(value);
        add(path, rule + ", is " + (json.length() <= LONGEST_VALUE ? json : json.substring(0, LONGEST_VALUE) + "…"));
    }

    /** Adds a problem unless its value already has one. */
    void addIfNew(String path, String rule) {
        if (found.stream().noneMatch(mistake -> mistake.path().equals(path))) {
            add(path, rule);
        }
    }

    List<Mistake> found() {
        return List.copyOf(found);
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The execution can't run; nothing was launched. "
                            + found.stream().map(Mistake::toString).collect(joining("; ")) + ".");
        }
    }
}
