package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Level;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Invokes a function with events of its own before Lambda takes the snapshot that all its environments start from. In the
 * snapshot, classes are loaded, hot code is compiled, and the clients have connected once.
 *
 * <p>{@code prime.json}, next to the function's class, is an event that only reads. {@code rehearsal.json} is for functions
 * whose work is to write: {@code events}, and {@code answers} that AWS would give; see {@link Rehearsal}. In both, {@code
 * ${NAME}} stands for an environment variable.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">SnapStart's hooks</a>
 */
final class Priming implements Resource {
    private static final Logger log = LoggerFactory.getLogger(Priming.class);
    private static final int PASSES = 1_000;
    /** Lambda allows 130 s for the initialization before a snapshot. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

    private final LambdaFunction function;
    private final int most;
    private int passes;
    private long millis;

    Priming(LambdaFunction function) {
        this(function, PASSES);
    }

    Priming(LambdaFunction function, int most) {
        this.function = requireNonNull(function, "function is null");
        this.most = most;
    }

    /** Registers the priming of this function with Lambda; empty without SnapStart, where the registration alone takes 35 ms. */
    static Optional<Priming> whereSnapStartIsOn(LambdaFunction function) {
        Optional<Priming> priming = Environment.optional("AWS_LAMBDA_INITIALIZATION_TYPE")
                .filter("snap-start"::equals)
                .map(_ -> new Priming(function));
        priming.ifPresent(Core.getGlobalContext()::register);
        return priming;
    }

    /** Failures are only logged: a snapshot of a function that is not primed is slower, but correct. */
    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        var root = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level level = root.getLevel();
        root.setLevel(Level.WARN); // a refusal isn't worth a thousand lines of the log
        try {
            try {
                prime();
            } finally {
                Rehearsal.end();
            }
        } catch (RuntimeException | IOException e) {
            log.warn("Not primed.", e);
            return;
        } finally {
            MDC.clear();
            root.setLevel(level);
        }
        log.info("Primed by {} passes in {} ms.", passes, millis);
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        // Secrets and tokens expire by the clock, and the clients connect again.
    }

    /** How many passes succeeded. */
    int passes() {
        return passes;
    }

    private void prime() throws IOException {
        Optional<String> event = resource("prime.json");
        if (event.isPresent()) {
            Rehearsal.ofReads().begin();
            pass(List.of(bytes(event.get())));
        }
        Optional<String> rehearsal = resource("rehearsal.json");
        if (rehearsal.isPresent()) {
            JsonObject script = Json.object(bytes(rehearsal.get()));
            List<byte[]> events =
                    script.list("events").stream().map(Json::bytes).toList();
            Rehearsal.of(script.object("answers")).begin();
            pass(events);
            Rehearsal.end();
            connect(events);
        }
    }

    private void pass(List<byte[]> events) throws IOException {
        long start = System.nanoTime();
        while (passes < most && System.nanoTime() - start < LONGEST.toNanos()) {
            for (byte[] event : events) {
                pass(event);
            }
            function.prime();
            passes++;
            millis = (System.nanoTime() - start) / 1_000_000;
        }
    }

    /** Opens the clients' connections by executing the reads of the events on AWS; their results are ignored. */
    private void connect(List<byte[]> events) {
        Rehearsal.ofReads().begin();
        var root = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.OFF);
        for (byte[] event : events) {
            try {
                pass(event);
            } catch (RuntimeException | IOException e) {
                // Most events end at the first call that would change a resource.
            }
        }
    }

    private void pass(byte[] event) throws IOException {
        Object answer = function.handle(new ByteArrayInputStream(event));
        byte[] json = Json.bytes(answer);
        JsonObject fields = answer == null ? JsonObject.of() : Json.object(json);
        boolean failed = fields.get("statusCode") instanceof Integer status && status >= 500;
        if (failed || !fields.list("batchItemFailures").isEmpty()) {
            throw new IllegalStateException("The event was answered " + fields + ".");
        }
        Rehearsal.current().ifPresent(Rehearsal::check);
    }

    /** A file next to the function's class, with {@code ${NAME}} replaced by environment variables. */
    private Optional<String> resource(String name) throws IOException {
        try (InputStream file = function.getClass().getResourceAsStream(name)) {
            return file == null
                    ? Optional.empty()
                    : Optional.of(VARIABLE.matcher(new String(file.readAllBytes(), StandardCharsets.UTF_8))
                            .replaceAll(match -> Matcher.quoteReplacement(Environment.required(match.group(1)))));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
