package dev.wakebox.local.client;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/** The commands of {@code ./wakebox} that talk to a running application. */
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
            System.exit(run(arguments[0], options));
        } catch (IOException | SdkException | WakeboxException e) {
            System.err.println("wakebox: " + e.getMessage());
            System.exit(1);
        }
    }

    private static int run(String command, Map<String, String> options) throws IOException, InterruptedException {
        var application = Application.ready(Path.of(option(options, "--ready")));
        var client = new Client(application, System.out);
        return switch (command) {
            case "status" -> client.status();
            case "invoke" -> client.invoke(option(options, "--function"), Path.of(option(options, "--event")));
            case "demo" ->
                new Demo(application, System.out, Clock.systemUTC()).run(Path.of(option(options, "--data"))) ? 0 : 1;
            case "mail" -> client.mail();
            case "run" -> client.run(Path.of(option(options, "--file")), options.containsKey("--watch"));
            case "runs" -> client.runs();
            case "cancel" -> client.cancel(option(options, "--execution"));
            default -> throw new IllegalArgumentException("unknown command: " + command);
        };
    }

    private static String option(Map<String, String> options, String name) {
        return requireNonNull(options.get(name), () -> name + " is missing");
    }

    private int mail() throws IOException, InterruptedException {
        for (Mailbox.Mail mail : new Mailbox(application).mails()) {
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

    private int status() throws IOException, InterruptedException {
        var status = application.get("/status");
        String instance;
        try (Ec2Client ec2 = application.ec2()) {
            instance = Application.state(ec2, application.trainingInstanceId());
        }
        out.printf(
                """
                HTTP API         %s
                AWS endpoint     %s
                Data bucket      %s
                Training server  %s (instance %s is %s)
                Platform         %s (a stand-in; docs/webhook-egress.md)
                """,
                application.api(),
                application.aws(),
                application.bucket(),
                status.status() == 200 ? status.text("status") : status.text("message"),
                application.trainingInstanceId(),
                instance,
                application.platform());
        return status.status() == 200 ? 0 : 1;
    }

    private int run(Path file, boolean watch) throws IOException, InterruptedException {
        var runs = new Runs(application, out, Clock.systemUTC());
        try (SfnClient stepFunctions = application.stepFunctions()) {
            String execution = runs.submit(stepFunctions, file);
            out.println("Submitted " + execution.substring(execution.lastIndexOf(':') + 1));
            return !watch || runs.watch(stepFunctions, execution) ? 0 : 1;
        }
    }

    private int runs() {
        try (SfnClient stepFunctions = application.stepFunctions()) {
            new Runs(application, out, Clock.systemUTC()).list(stepFunctions);
        }
        return 0;
    }

    private int cancel(String execution) {
        try (SfnClient stepFunctions = application.stepFunctions()) {
            new Runs(application, out, Clock.systemUTC()).cancel(stepFunctions, execution);
        }
        return 0;
    }

    private int invoke(String module, Path event) throws IOException {
        byte[] payload = Files.readAllBytes(event);
        Json.object(payload);
        try (LambdaClient lambda = application.lambda()) {
            var answer = lambda.invoke(
                    request -> request.functionName("wakebox-" + module).payload(SdkBytes.fromByteArray(payload)));
            out.println(answer.payload().asUtf8String());
            return answer.functionError() == null ? 0 : 1;
        }
    }
}
