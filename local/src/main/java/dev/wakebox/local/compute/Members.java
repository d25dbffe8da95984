package dev.wakebox.local.compute;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** The members of a structure in an answer, in the order written; null is a member that isn't there. */
final class Members extends LinkedHashMap<String, Object> {
    static Members of(String name, @Nullable Object value) {
        return new Members().and(name, value);
    }

    Members and(String name, @Nullable Object value) {
        if (value != null) {
            put(name, value);
        }
        return this;
    }
}
