package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object with accessors by type, for the JSON of other systems. Messages between our own parts are records.
 *
 * <p>An accessor treats a value of another JSON type as absent; {@link #get} returns every value as it is. The order of
 * keys and null values are kept. Immutable, if callers don't change the lists and maps in it.
 */
public final class JsonObject extends AbstractMap<String, @Nullable Object> {
    private static final JsonObject EMPTY = new JsonObject(Map.of());

    private final Map<String, @Nullable Object> fields;

    private JsonObject(Map<String, @Nullable Object> fields) {
        this.fields = fields;
    }

    public static JsonObject of() {
        return EMPTY;
    }

    public static JsonObject of(String name, @Nullable Object value) {
        return EMPTY.with(name, value);
    }

    /** A copy of a map. */
    public static JsonObject copyOf(Map<String, ? extends @Nullable Object> fields) {
        return fields instanceof JsonObject object ? object : EMPTY.withAll(fields);
    }

    /** A JSON value as an object; empty if it is none. */
    @SuppressWarnings("unchecked") // keys of a JSON object are strings
    public static Optional<JsonObject> from(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return Optional.of(object);
        }
        return value instanceof Map<?, ?> map
                ? Optional.of(new JsonObject((Map<String, @Nullable Object>) map))
                : Optional.empty();
    }

    /** Whether the field is present and not null. */
    public boolean has(String name) {
        return fields.get(name) != null;
    }

    /** The string, or an empty one if there is none. */
    public String text(String name) {
        return fields.get(name) instanceof String text ? text : "";
    }

    /** The string; empty if there is none. */
    public Optional<String> optionalText(String name) {
        return fields.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** A value of any type as a text, or an empty one if it is absent or null. */
    public String asText(String name) {
        Object value = fields.get(name);
        return value == null ? "" : value.toString();
    }

    /** Whether the field is {@code true}. */
    public boolean isTrue(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    /** The number, or null if there is none. */
    public @Nullable Number number(String name) {
        return fields.get(name) instanceof Number number ? number : null;
    }

    /** The object, or an empty one if there is none. */
    public JsonObject object(String name) {
        return from(fields.get(name)).orElse(EMPTY);
    }

    public boolean hasObject(String name) {
        return fields.get(name) instanceof Map<?, ?>;
    }

    /** The list, or an empty one if there is none. */
    public List<? extends @Nullable Object> list(String name) {
        return fields.get(name) instanceof List<?> list ? list : List.of();
    }

    /** The objects of a list; its other elements are left out. */
    public List<JsonObject> objects(String name) {
        var objects = new ArrayList<JsonObject>();
        for (Object element : list(name)) {
            from(element).ifPresent(objects::add);
        }
        return objects;
    }

    /** The strings of a list; its other elements are left out. */
    public List<String> texts(String name) {
        var texts = new ArrayList<String>();
        for (Object element : list(name)) {
            if (element instanceof String text) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** This object with a value: in its place if there is one of the name, otherwise at the end. */
    public JsonObject with(String name, @Nullable Object value) {
        Map<String, @Nullable Object> copy = copy();
        copy.put(requireNonNull(name, "name is null"), value);
        return new JsonObject(copy);
    }

    /** As {@link #with}; without a value, this object. */
    public JsonObject withPresent(String name, Optional<?> value) {
        return value.isPresent() ? with(name, value.get()) : this;
    }

    /** This object with all values of another one. */
    public JsonObject withAll(Map<String, ? extends @Nullable Object> others) {
        Map<String, @Nullable Object> copy = copy();
        copy.putAll(others);
        return new JsonObject(copy);
    }

    public JsonObject without(String... names) {
        return without(Set.of(names));
    }

    public JsonObject without(Set<String> names) {
        Map<String, @Nullable Object> copy = copy();
        copy.keySet().removeAll(names);
        return new JsonObject(copy);
    }

    @Override
    public @Nullable Object get(@Nullable Object name) {
        return fields.get(name);
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return fields.containsKey(name);
    }

    @Override
    public int size() {
        return fields.size();
    }

    @Override
    public Set<Entry<String, @Nullable Object>> entrySet() {
        return Collections.<String, @Nullable Object>unmodifiableMap(fields).entrySet();
    }

    private Map<String, @Nullable Object> copy() {
        return new LinkedHashMap<String, @Nullable Object>(fields);
    }
}
