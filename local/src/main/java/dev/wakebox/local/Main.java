package dev.wakebox.local;

import dev.wakebox.local.computer.ErrorSentence;
import dev.wakebox.local.host.LocalException;
import dev.wakebox.local.host.LoopbackServer;
import dev.wakebox.runtime.Json;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs the application in the foreground until it is stopped. */
public final class Main {
    private static final String USAGE = """
        Usage: ports --api-port N | --aws-port N     says whether the port can be listened on
               serve [options]
          --api-port N      port of the HTTP API (3000, or WAKEBOX_API_PORT)
          --aws-port N      port of the AWS endpoint (4566, or WAKEBOX_AWS_PORT)
          --directory DIR   where everything is written (.wakebox/run)
          --root DIR        the repository (the current directory)
          --python FILE     Python with the emulator (.wakebox/venv/bin/python below the root)
          --stack NAME      name of the stack (wakebox)
          --set NAME=VALUE  a parameter of the template; may be repeated\
        """;

    private static final Set<String> OPTIONS =
            Set.of("--api-port", "--aws-port", "--directory", "--root", "--python", "--stack", "--set");

    /** The name is not logback.xml, because shared/runtime has that file for the functions. */
    private static final String LOGGING = "logback-local.xml";

    private Main() {}

    /** {@code serve}, with the options that {@code --help} lists. */
    public static void main(String[] arguments) {
        System.setProperty("logback.configurationFile", LOGGING);
        try {
            serve(List.of(arguments), System.getenv(), System.out);
        } catch (LocalException e) {
            System.err.println(e.getMessage());
            System.exit(e.exitCode());
        } catch (RuntimeException | Error e) {
            System.err.println(ErrorSentence.of(e));
            System.exit(1);
        }
    }

    private static void serve(List<String> arguments, Map<String, String> environment, PrintStream out) {
        if (arguments.size() == 3 && arguments.getFirst().equals("ports")) {
            String option = arguments.get(1);
            new LoopbackServer(port(option, arguments.get(2), null, ""), option, LoopbackServer.Limits.NONE).close();
            return;
        }
        if (arguments.isEmpty() || !arguments.getFirst().equals("serve") || arguments.contains("--help")) {
            throw new LocalException(LocalException.USAGE, USAGE);
        }
        var options = new HashMap<String, String>();
        var parameters = new HashMap<String, String>();
        for (int i = 1; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (!OPTIONS.contains(option) || i + 1 == arguments.size()) {
                throw new LocalException(
                        LocalException.USAGE, "\"" + option + "\" is unknown or lacks its value.\n" + USAGE);
            }
            String value = arguments.get(i + 1);
            if (!option.equals("--set")) {
                options.put(option, value);
            } else if (value.indexOf('=') > 0) {
                parameters.put(value.substring(0, value.indexOf('=')), value.substring(value.indexOf('=') + 1));
            } else {
                throw new LocalException(LocalException.USAGE, "--set takes NAME=VALUE, but got \"" + value + "\".");
            }
        }
        Path root = Path.of(options.getOrDefault("--root", ""));
        var config = new ApplicationConfig(
                root,
                root.resolve(options.getOrDefault("--directory", ".wakebox/run")),
                root.resolve(options.getOrDefault("--python", ".wakebox/venv/bin/python")),
                port("--api-port", options.get("--api-port"), environment.get("WAKEBOX_API_PORT"), "3000"),
                port("--aws-port", options.get("--aws-port"), environment.get("WAKEBOX_AWS_PORT"), "4566"),
                options.getOrDefault("--stack", "wakebox"),
                parameters,
                out::println);
        run(config, out);
    }

    private static void run(ApplicationConfig config, PrintStream out) {
        LocalApplication application = start(config);
        Runtime.getRuntime().addShutdownHook(new Thread(application::close));
        out.println("READY " + Json.string(application.facts()));
        throw new LocalException(application.failure().join());
    }

    private static LocalApplication start(ApplicationConfig config) {
        try {
            return LocalApplication.start(config);
        } catch (LocalException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            String reason = ErrorSentence.withTrace(e, config.directory().resolveSibling("serve-error.txt"));
            throw new LocalException("The application could not be started: " + reason, e);
        }
    }

    private static int port(
            String option, @Nullable String chosen, @Nullable String fromEnvironment, String otherwise) {
        String text = chosen != null ? chosen : fromEnvironment != null ? fromEnvironment : otherwise;
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // the same message as for a number out of range
        }
        throw new LocalException(
                LocalException.USAGE, option + " is \"" + text + "\"; it must be a number from 0 to 65535.");
    }
}
