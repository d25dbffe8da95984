package dev.wakebox.sentry;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.ErrorTracker.Incident;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * One error in the format of Sentry.
 *
 * <p>It has types, codes and stack traces, and the request id leads to the log. It never has the message of an
 * exception, because messages quote input of users and answers of other servers.
 *
 * @see <a href="https://develop.sentry.dev/sdk/foundations/transport/envelopes/">Envelopes</a>
 */
final class SentryEvent {
    private static final int DEEPEST_CAUSE = 10;
    private static final int MOST_FRAMES = 100;

    /** Values of tags that are sent: ids, never free text. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:/-]{1,200}");

    @SnakeCase
    private record Event(
            String eventId,
            String timestamp,
            String platform,
            String level,
            @Nullable String transaction,
            Map<String, String> tags,
            Map<String, List<ThrownException>> exception) {}

    private record ThrownException(
            String type, String module, Optional<String> value, Map<String, List<Frame>> stacktrace) {}

    @SnakeCase
    private record Frame(
            String module, String function, @Nullable String filename, Optional<Integer> lineno, boolean inApp) {}

    private SentryEvent() {}

    /** The envelope of one event. */
    static byte[] envelope(Incident failure, Instant now) {
        String id = UUID.randomUUID().toString().replace("-", "");
        byte[] event = Json.bytes(event(id, failure));
        var envelope = new ByteArrayOutputStream();
        line(envelope, Json.bytes(Map.of("event_id", id, "sent_at", now.toString())));
        line(envelope, Json.bytes(Map.of("type", "event", "content_type", "application/json", "length", event.length)));
        line(envelope, event);
        return envelope.toByteArray();
    }

    private static void line(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes(bytes);
        out.write('\n');
    }

    private static Event event(String id, Incident failure) {
        var tags = new TreeMap<String, String>();
        failure.tags().forEach((name, value) -> {
            if (ID.matcher(value).matches()) {
                tags.put(name, value);
            }
        });
        return new Event(
                id,
                failure.at().toString(),
                "java",
                mayPass(failure.error()) ? "warning" : "error",
                tags.get("function"),
                tags,
                Map.of("values", exceptions(failure.error())));
    }

    private static boolean mayPass(Throwable error) {
        return error instanceof TransientFailure
                || (error instanceof WakeboxException known && known.code().kind() == ErrorCode.Kind.TRANSIENT);
    }

    /** The exception and its causes; the root cause is first. */
    private static List<ThrownException> exceptions(Throwable error) {
        var exceptions = new ArrayList<ThrownException>();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable each = error; each != null && seen.add(each) && seen.size() <= DEEPEST_CAUSE; ) {
            exceptions.addFirst(new ThrownException(
                    each.getClass().getSimpleName(),
                    each.getClass().getPackageName(),
                    code(each),
                    Map.of("frames", frames(each))));
            each = each.getCause();
        }
        return exceptions;
    }

    private static Optional<String> code(Throwable error) {
        return switch (error) {
            case WakeboxException known -> Optional.of(known.code().name());
            case TransientFailure known -> Optional.of(known.code().name());
            case AwsServiceException refusal ->
                Optional.ofNullable(refusal.awsErrorDetails())
                        .map(details -> details.serviceName() + " " + details.errorCode())
                        .or(() -> Optional.of("HTTP " + refusal.statusCode()));
            default -> Optional.empty();
        };
    }

    /** The frames of the stack trace; the innermost call is last. */
    private static List<Frame> frames(Throwable error) {
        var frames = new ArrayList<Frame>();
        StackTraceElement[] trace = error.getStackTrace();
        for (int i = Math.min(trace.length, MOST_FRAMES) - 1; i >= 0; i--) {
            int line = trace[i].getLineNumber();
            frames.add(new Frame(
                    trace[i].getClassName(),
                    trace[i].getMethodName(),
                    trace[i].getFileName(),
                    line > 0 ? Optional.of(line) : Optional.empty(),
                    trace[i].getClassName().startsWith("dev.wakebox.")));
        }
        return frames;
    }
}
