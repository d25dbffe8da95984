package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.ErrorReports;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.TraceContext;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The run document: the submitted execution and the fields that the states have added so far. Fields of the original have
 * its names and are read by path; the rest is in {@link RunState}. Immutable.
 */
public final class RunDocument {
    private static final String STATE = "run";
    private static final String OPTIONS = "run_options";

    private final JsonObject json;

    private RunDocument(JsonObject json) {
        this.json = json;
    }

    public static RunDocument of(JsonObject json) {
        return new RunDocument(requireNonNull(json, "json is null"));
    }

    public JsonObject json() {
        return json;
    }

    /** The value at a path of keys; null if there is none. */
    public @Nullable Object at(String... path) {
        Object value = json;
        for (String key : path) {
            value = JsonObject.from(value).orElse(JsonObject.of()).get(key);
        }
        return value;
    }

    /** The string at a path of keys, unless it is blank. */
    public Optional<String> text(String... path) {
        return at(path) instanceof String text && !text.isBlank() ? Optional.of(text) : Optional.empty();
    }

    /** What Wakebox keeps of the run. */
    public RunState state() {
        return new RunState(json.object(STATE));
    }

    /** This document with another state of the run. */
    public RunDocument with(RunState state) {
        return new RunDocument(json.with(STATE, state.json()));
    }

    /**
     * This document with the place of the run in the trace that its options name, if they do. The place depends on the trace and
     * on the execution alone, so every caller finds the same one.
     */
    public RunDocument traced() {
        RunState state = state();
        return state.id()
                .flatMap(this::trace)
                .map(trace -> with(state.withTrace(trace)))
                .orElse(this);
    }

    /** The place of an execution of this document in the trace that its options name; empty if they name none. */
    public Optional<TraceContext> trace(String execution) {
        return TraceContext.of(JsonObject.from(json.get(OPTIONS)).orElse(JsonObject.of()))
                .map(caller -> caller.child(execution));
    }

    /** This document in the trace of a caller, unless it names one itself or its options are no object. */
    public RunDocument calledFrom(TraceContext caller) {
        return namesATrace() || (json.has(OPTIONS) && !json.hasObject(OPTIONS))
                ? this
                : with(json.object(OPTIONS).withAll(caller.toJson()), OPTIONS);
    }

    /** This document in no trace, as if it had never been in one. */
    public RunDocument untraced() {
        if (!namesATrace()) {
            return this;
        }
        JsonObject options = json.object(OPTIONS).without(TraceContext.TRACEPARENT, TraceContext.TRACESTATE);
        return options.isEmpty() ? new RunDocument(json.without(OPTIONS)) : with(options, OPTIONS);
    }

    private boolean namesATrace() {
        return at(OPTIONS, TraceContext.TRACEPARENT) != null || at(OPTIONS, TraceContext.TRACESTATE) != null;
    }

    /** This document with a value at a path of keys; missing objects on the path are created. */
    public RunDocument with(@Nullable Object value, String... path) {
        return new RunDocument(with(json, value, List.of(path)));
    }

    /** This document with {@code $.failure}, which sends the run to EC2Stopper. */
    public RunDocument failed(Failure failure) {
        return with(failure.toJson(), "failure");
    }

    /**
     * The result of a step, or this document with the failure when the step fails permanently.
     *
     * @param failure of the step, for the message of its exception
     * @throws WakeboxException {@code UNAVAILABLE} from the step, so that Step Functions retries
     */
    public RunDocument orFailed(Supplier<RunDocument> step, Function<String, Failure> failure) {
        try {
            return step.get();
        } catch (WakeboxException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                throw e;
            }
            ErrorReports.add(e);
            return failed(failure.apply(String.valueOf(e.getMessage())));
        }
    }

    /**
     * The run and attempt of this document.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when the state machine hasn't set {@code $.run}
     */
    public Run run() {
        RunState state = state();
        var id = state.id();
        var name = state.name();
        var startedAt = state.startedAt();
        var t0 = RunState.instant(json, "t0");
        if (id.isEmpty() || name.isEmpty() || startedAt.isEmpty() || t0.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The document has no run.id, run.name, run.started_at or t0, which the state machine adds. "
                            + "Start it as an execution of the state machine.");
        }
        MDC.put("job", id.get());
        return new Run(id.get(), name.get(), startedAt.get(), t0.get(), state.attempt(), state.interruptions());
    }

    private static JsonObject with(JsonObject parent, @Nullable Object value, List<String> path) {
        String key = path.getFirst();
        return parent.with(
                key, path.size() == 1 ? value : with(parent.object(key), value, path.subList(1, path.size())));
    }
}
