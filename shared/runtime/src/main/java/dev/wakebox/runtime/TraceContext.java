package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a distributed trace, as {@code traceparent} and {@code tracestate} name it. Wakebox records no spans; it passes
 * the place on, so that the spans of others belong to one trace. Immutable.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @param flags of version 00: 1 for sampled, 2 for a random trace id
 * @param state what the callers' tracing systems have added; empty if there is none
 * @see <a href="https://www.w3.org/TR/trace-context-2/">W3C Trace Context</a>
 */
public record TraceContext(String traceId, String spanId, int flags, Optional<String> state) {
    /** The name of the first value, as a field and as a header. */
    public static final String TRACEPARENT = "traceparent";

    /** The name of the second value, as a field and as a header. */
    public static final String TRACESTATE = "tracestate";

    private static final String IDS = "(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}";

    /** A later version begins with the fields of version 00, and may have more. */
    private static final Pattern PARENT =
            Pattern.compile("00-" + IDS + "|(?!00|ff)[0-9a-f]{2}-" + IDS + "(-[!-~]{0,200})?");

    private static final String MEMBER = "[a-z0-9][a-z0-9_*/@-]{0,255}=[ -+\\--<>-~]{0,255}[!-+\\--<>-~]";
    private static final Pattern STATE = Pattern.compile(MEMBER + "([ \\t]*,[ \\t]*" + MEMBER + "){0,31}");
    private static final int LONGEST_STATE = 512;

    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int FLAGS = 53;
    private static final int KNOWN_FLAGS = 0x03;
    private static final int SPAN_ID_BYTES = 8;

    public TraceContext {
        requireNonNull(traceId, "traceId is null");
        requireNonNull(spanId, "spanId is null");
        requireNonNull(state, "state is null");
    }

    /** The place that two values name; empty without a valid first one. A second one that is not valid is dropped. */
    public static Optional<TraceContext> of(@Nullable Object traceparent, @Nullable Object tracestate) {
        return traceparent instanceof String parent && isParent(parent)
                ? Optional.of(new TraceContext(
                        parent.substring(TRACE_ID, SPAN_ID - 1),
                        parent.substring(SPAN_ID, FLAGS - 1),
                        Integer.parseInt(parent, FLAGS, FLAGS + 2, 16) & KNOWN_FLAGS,
                        tracestate instanceof String state && isState(state) ? Optional.of(state) : Optional.empty()))
                : Optional.empty();
    }

    /** As {@link #of(Object, Object)}, from the fields of an object. */
    public static Optional<TraceContext> of(JsonObject fields) {
        return of(fields.get(TRACEPARENT), fields.get(TRACESTATE));
    }

    /** Whether a text is a valid {@code traceparent}. */
    public static boolean isParent(String text) {
        return PARENT.matcher(text).matches();
    }

    /** Whether a text is a valid {@code tracestate} of at most 512 characters. */
    public static boolean isState(String text) {
        return text.length() <= LONGEST_STATE && STATE.matcher(text).matches();
    }

    /** The place of something that happens within this one: for the same name, always the same. */
    public TraceContext child(String name) {
        return new TraceContext(
                traceId, Sha256.hex(String.join("\n", traceId, spanId, name), SPAN_ID_BYTES), flags, state);
    }

    /** The first value, in version 00. */
    public String traceparent() {
        return "00-" + traceId + "-" + spanId + "-0" + flags;
    }

    /** Both values as the fields of an object. */
    public JsonObject toJson() {
        return JsonObject.of(TRACEPARENT, traceparent()).withPresent(TRACESTATE, state);
    }
}
