package dev.wakebox.cli;

import static java.util.Objects.requireNonNull;

import dev.wakebox.local.computer.ErrorSentence;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** The commands of {@code ./wakebox} for the running local application alone. {@link Wakebox} has those for every stack. */
public final class Client {
    private final Application application;
    private final PrintStream out;

    private Client(Application application, PrintStream out) {
        this.application = application;
        this.out = out;
    }

    /**
     * Runs one command, the first argument, with its options as {@code --name value}.
     * {@code --ready} names the file that {@code serve} wrote.
     */
    public static void main(String[] arguments) throws InterruptedException {
        var options = new HashMap<String, String>();
        for (int i = 1; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        try {
            int exitCode = run(arguments[0], options);
            if (System.out.checkError()) {
                throw new IOException("The output could not be written: the disk is full, or its reader has ended.");
            }
            System.exit(exitCode);
        } catch (IOException | SdkException | WakeboxException e) {
            System.err.println("wakebox: " + ErrorSentence.of(e));
            System.exit(1);
        } catch (RuntimeException | Error e) {
            System.err.println("wakebox: " + ErrorSentence.withTrace(e, Path.of(".wakebox", "client-error.txt")));
            System.exit(1);
        }
    }

    private static int run(String command, Map<String, String> options) throws IOException, InterruptedException {
        var application = Application.ready(Path.of(option(options, "--ready")));
        var client = new Client(application, System.out);
        return switch (command) {
            case "demo" ->
                new Demo(application, System.out, Clock.systemUTC()).run(Path.of(option(options, "--data"))) ? 0 : 1;
            case "mail" -> client.mail();
            case "reload" -> client.reload(option(options, "--function"));
            default -> throw new IllegalArgumentException("unknown command: " + command);
        };
    }

    private static String option(Map<String, String> options, String name) {
        return requireNonNull(options.get(name), () -> name + " is missing");
    }

    private int mail() throws IOException, InterruptedException {
        List<Mailbox.Mail> mails = new Mailbox(application).mails();
        if (mails.isEmpty()) {
            out.println("No mail yet; ./wakebox demo sends one.");
        }
        for (Mailbox.Mail mail : mails) {
            out.printf("""
                    Date:    %s
                    From:    %s
                    To:      %s
                    Subject: %s

                    %s
                    ────────
                    """, mail.sent(), mail.from(), mail.to(), mail.subject(), mail.text());
        }
        return 0;
    }

    /** Updates the configuration without a change: the next event then starts the function again, from its files. */
    private int reload(String module) {
        try (LambdaClient lambda = application.lambda()) {
            lambda.updateFunctionConfiguration(request -> request.functionName("wakebox-" + module));
        }
        out.println("The next event of " + module + " runs what was built.");
        return 0;
    }
}
