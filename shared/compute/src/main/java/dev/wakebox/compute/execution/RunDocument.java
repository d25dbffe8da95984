package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state machine's state: the submitted execution with what the states have added so far. Immutable; the maps in it
 * are not to be changed.
 */
public final class RunDocument {
    private final Map<String, @Nullable Object> json;

    private RunDocument(Map<String, @Nullable Object> json) {
        this.json = json;
    }

    public static RunDocument of(Map<String, @Nullable Object> json) {
        return new RunDocument(requireNonNull(json, "json is null"));
    }

    public Map<String, @Nullable Object> json() {
        return json;
    }

    /** The value at a path of keys, or null where there is none. */
    public @Nullable Object at(String... path) {
        Object value = json;
        for (String key : path) {
            if (!(value instanceof Map<?, ?> map)) {
                return null;
            }
            value = map.get(key);
        }
        return value;
    }

    /** The string at a path of keys that isn't blank. */
    public Optional<String> text(String... path) {
        return at(path) instanceof String text && !text.isBlank() ? Optional.of(text) : Optional.empty();
    }

    /** The whole number at a path of keys, 0 where there is none. */
    public int count(String... path) {
        return at(path) instanceof Number number ? number.intValue() : 0;
    }

    /** The instant at a path of keys, in ISO 8601. */
    public Optional<Instant> instant(String... path) {
        return text(path).flatMap(text -> {
            try {
                return Optional.of(Instant.parse(text));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        });
    }

    /** This document with a value at a path of keys; objects on the way are made where there are none. */
    public RunDocument with(@Nullable Object value, String... path) {
        return new RunDocument(with(json, value, List.of(path)));
    }

    /** This document with {@code $.failure}, which sends the run to EC2Stopper. */
    public RunDocument failed(Failure failure) {
        return with(failure.toJson(), "failure");
    }

    /**
     * What a step makes of this document, or this document with the failure when the step fails for good.
     *
     * @param failure of the step, for the message of its exception
     * @throws WakeboxException {@code UNAVAILABLE} as the step throws it: Step Functions tries again
     */
    public RunDocument orFailed(Supplier<RunDocument> step, Function<String, Failure> failure) {
        try {
            return step.get();
        } catch (WakeboxException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                throw e;
            }
            return failed(failure.apply(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Which run and attempt this is.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when the state machine hasn't put that into {@code $.run}
     */
    public Run run() {
        var id = text("run", "id");
        var name = text("run", "name");
        var startedAt = instant("run", "started_at");
        var t0 = instant("t0");
        if (id.isEmpty() || name.isEmpty() || startedAt.isEmpty() || t0.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The document has no run.id, run.name, run.started_at or t0, which the state machine adds. "
                            + "Start it as an execution of the state machine.");
        }
        return new Run(id.get(), name.get(), startedAt.get(), t0.get(), count("run", "attempt"));
    }

    private static Map<String, @Nullable Object> with(
            @Nullable Object parent, @Nullable Object value, List<String> path) {
        var copy = new LinkedHashMap<String, @Nullable Object>();
        if (parent instanceof Map<?, ?> map) {
            map.forEach((key, entry) -> copy.put((String) key, entry));
        }
        String key = path.getFirst();
        copy.put(key, path.size() == 1 ? value : with(copy.get(key), value, path.subList(1, path.size())));
        return copy;
    }
}
