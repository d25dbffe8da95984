package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Level;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a function through an event of its own before Lambda takes the snapshot that all its environments start from:
 * classes are loaded then, what runs often is compiled, and the clients have connected once.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">SnapStart's hooks</a>
 */
final class Priming implements Resource {
    private static final Logger log = LoggerFactory.getLogger(Priming.class);
    private static final int PASSES = 1_000;
    /** Of the 130 s that Lambda gives to all that comes before a snapshot. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Function function;

    Priming(Function function) {
        this.function = requireNonNull(function, "function is null");
    }

    /** The priming of this function, for Lambda to call; none without SnapStart, where the list of hooks alone takes 35 ms. */
    static Optional<Priming> whereSnapStartIsOn(Function function) {
        Optional<Priming> priming = Environment.optional("AWS_LAMBDA_INITIALIZATION_TYPE")
                .filter("snap-start"::equals)
                .map(_ -> new Priming(function));
        priming.ifPresent(Core.getGlobalContext()::register);
        return priming;
    }

    /** A snapshot of a function that could not be primed is slower, not wrong. */
    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        try (InputStream event = function.getClass().getResourceAsStream("prime.json")) {
            if (event != null) {
                prime(event.readAllBytes());
            }
        } catch (RuntimeException | IOException e) {
            log.warn("Not primed.", e);
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        // Whatever ages is read again by the clock, and the clients connect anew.
    }

    private void prime(byte[] event) throws IOException {
        var root = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level level = root.getLevel();
        root.setLevel(Level.WARN); // a refusal isn't worth a thousand lines of the log
        long start = System.nanoTime();
        int passes = 0;
        try {
            while (passes < PASSES && System.nanoTime() - start < LONGEST.toNanos()) {
                pass(event);
                passes++;
            }
        } finally {
            root.setLevel(level);
        }
        log.info("Primed by {} passes in {} ms.", passes, (System.nanoTime() - start) / 1_000_000);
    }

    private void pass(byte[] event) throws IOException {
        Map<String, @Nullable Object> answer = function.handle(new ByteArrayInputStream(event));
        Json.write(answer, OutputStream.nullOutputStream());
        if (answer.get("statusCode") instanceof Integer status && status >= 500) {
            throw new IllegalStateException("The answer to prime.json was " + status + ".");
        }
    }
}
