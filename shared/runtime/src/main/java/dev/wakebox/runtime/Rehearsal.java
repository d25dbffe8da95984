package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Handles the calls of a function while it is primed: no call that changes a resource leaves the process. Either a server on
 * the loopback interface answers every call, or reads go to AWS and all other calls are refused, also those to other servers.
 * Thread-safe.
 */
public final class Rehearsal {
    /** Operations that read, and read requests of S3. */
    private static final Pattern READ = Pattern.compile("(Get|Describe|List|Head)[A-Z].*|Query|Scan|(GET|HEAD) .*");

    /** The header of a request to {@link #port} with the name of the call. */
    public static final String CALL = "x-wakebox-call";

    private static volatile @Nullable Rehearsal current;

    private final @Nullable Map<String, Answer> answers;
    private @Nullable RehearsalServer server;
    private volatile @Nullable String unanswered;

    /**
     * An answer in the form that AWS sends.
     *
     * @param body JSON, XML or the content of an object
     */
    record Answer(int status, Map<String, String> headers, byte[] body) {
        public Answer {
            headers = Map.copyOf(headers);
            requireNonNull(body, "body is null");
        }

        private static Answer of(JsonObject fields) {
            var headers = new LinkedHashMap<String, String>();
            fields.object("headers").forEach((name, value) -> headers.put(name, String.valueOf(value)));
            Object body = fields.get("body");
            return new Answer(
                    fields.get("status") instanceof Number status ? status.intValue() : 200,
                    headers,
                    switch (body) {
                        case null -> new byte[0];
                        case String text -> text.getBytes(StandardCharsets.UTF_8);
                        default -> Json.bytes(body);
                    });
        }
    }

    private Rehearsal(@Nullable Map<String, Answer> answers) {
        this.answers = answers;
    }

    /** The rehearsal in progress; empty outside of priming. */
    public static Optional<Rehearsal> current() {
        return Optional.ofNullable(current);
    }

    /** A rehearsal in which reads go to AWS and all other calls are refused. */
    static Rehearsal ofReads() {
        return new Rehearsal(null);
    }

    /**
     * A rehearsal in which no call leaves the process.
     *
     * @param answers {@code {"status": 200, "headers": {}, "body": …}} by the operation's name, for S3 and servers other
     *     than AWS by method and a part of path and query, as in {@code GET /status.json}
     */
    static Rehearsal of(JsonObject answers) {
        var parsed = new LinkedHashMap<String, Answer>();
        for (String call : answers.keySet()) {
            parsed.put(call, Answer.of(answers.object(call)));
        }
        return new Rehearsal(parsed);
    }

    void begin() {
        current = this;
    }

    /** Ends the rehearsal in progress. */
    static void end() throws IOException {
        Rehearsal ended = current;
        current = null;
        if (ended != null && ended.server != null) {
            ended.server.close();
        }
    }

    /**
     * Whether {@link #port} refuses a call, because it would change something on AWS. The client may connect, so that TLS
     * is in the snapshot.
     */
    public boolean refuses(String call) {
        return answers == null && !READ.matcher(call).matches();
    }

    /**
     * The port on the loopback interface where a call is answered; empty for a read that goes to AWS.
     *
     * @param call the operation's name, or method and path
     * @throws IllegalStateException when there is no answer, or the call changes a resource
     */
    public OptionalInt port(String call) {
        if (answers != null) {
            answer(call);
            return OptionalInt.of(port());
        }
        if (refuses(call)) {
            throw new IllegalStateException("A function that is primed must change nothing; refused: " + call);
        }
        return OptionalInt.empty();
    }

    /** The port on the loopback interface that answers in place of a server other than AWS. */
    int portOfOthers() {
        if (answers == null) {
            throw new IllegalStateException("A function that is primed must not ask another server.");
        }
        return port();
    }

    /** @throws IllegalStateException when there was no answer to a call */
    void check() {
        if (unanswered != null) {
            throw new IllegalStateException(unanswered);
        }
    }

    private synchronized int port() {
        try {
            if (server == null) {
                server = RehearsalServer.start(this::answerOrError);
            }
            return server.port();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer answerOrError(String call) {
        try {
            return answer(call);
        } catch (IllegalStateException e) {
            unanswered = e.getMessage();
            return new Answer(501, Map.of(), new byte[0]);
        }
    }

    /** @throws IllegalStateException when there is none */
    Answer answer(String call) {
        return requireNonNull(answers, "only reads").entrySet().stream()
                .filter(entry -> matches(entry.getKey(), call))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElseThrow(() -> new IllegalStateException("rehearsal.json has no answer to " + call));
    }

    /** The path may begin with the bucket, and a query follows it. */
    private static boolean matches(String expected, String call) {
        int space = expected.indexOf(' ');
        return space < 0
                ? call.equals(expected)
                : call.startsWith(expected.substring(0, space + 1)) && call.contains(expected.substring(space + 1));
    }
}
