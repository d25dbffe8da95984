package dev.wakebox.local.lambda;

import dev.wakebox.local.host.LocalException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes one process of one function listen for a Java debugger. Only one process can use the port: further processes of
 * the same function start without it. Thread-safe.
 */
final class Debugger {
    static final String VARIABLE = "WAKEBOX_DEBUG";

    private static final Pattern VALUE = Pattern.compile("([a-z0-9-]+):(\\d{1,5})");

    /** Replaces the function's own timeout: the longest that Lambda allows. */
    private static final Duration TIMEOUT = Duration.ofMinutes(15);

    private final String module;
    private final int port;
    private @Nullable Process listening;

    private Debugger(String module, int port) {
        this.module = module;
        this.port = port;
    }

    /**
     * Reads {@code <function>:<port>}.
     *
     * @param value null or empty for no debugger
     * @param modules that exist
     * @throws LocalException that names the variable, its value and the expected format
     */
    static Debugger of(@Nullable String value, Set<String> modules) {
        if (value == null || value.isEmpty()) {
            return new Debugger("", 0);
        }
        var match = VALUE.matcher(value);
        if (!match.matches()) {
            throw refused(value, "it must be <function>:<port>, like train:5005");
        }
        String module = match.group(1);
        int port = Integer.parseInt(match.group(2));
        if (!modules.contains(module)) {
            throw refused(
                    value,
                    "there is no function \"" + module + "\"; there are " + String.join(", ", new TreeSet<>(modules)));
        }
        if (port < 1 || port > 65535) {
            throw refused(value, "the port must be from 1 to 65535");
        }
        return new Debugger(module, port);
    }

    private static LocalException refused(String value, String reason) {
        return new LocalException(LocalException.USAGE, VARIABLE + " is \"" + value + "\"; " + reason + ".");
    }

    /** The options of the JVM that runs this function. */
    synchronized List<String> options(String function) {
        if (module.isEmpty() || !module.equals(function) || (listening != null && listening.isAlive())) {
            return List.of();
        }
        return List.of("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + port);
    }

    /** Records the process that was started with {@link #options}. */
    synchronized void started(String function, Process process) {
        if (module.equals(function) && (listening == null || !listening.isAlive())) {
            listening = process;
        }
    }

    /** The function's settings, with time for breakpoints in the one that is debugged. */
    FunctionConfiguration patient(String function, FunctionConfiguration configuration) {
        return module.equals(function) ? configuration.withTimeout(TIMEOUT) : configuration;
    }
}
