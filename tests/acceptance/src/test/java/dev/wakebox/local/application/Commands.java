package dev.wakebox.local.application;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.iam.model.AccessKey;

/**
 * The commands of {@code ./wakebox} for a stack, in processes of their own, on the local application. They get its AWS endpoint and none of
 * its files.
 */
record Commands(URI aws, Path directory, Map<String, String> environment) {
    private static final Path CLI = RunningApplication.ROOT.resolve("cli/target");

    /** Commands of a user of this computer, who may do everything. */
    Commands(URI aws, Path directory) {
        this(aws, directory, Map.of("WAKEBOX_LOCAL_ENDPOINT", aws.toString()));
    }

    /** Commands of a user of this computer, with the HTTP API and the token of the local application. */
    static Commands of(RunningApplication app, Path directory) {
        return new Commands(
                app.aws(),
                directory,
                Map.of(
                        "WAKEBOX_LOCAL_ENDPOINT", app.aws().toString(),
                        "WAKEBOX_LOCAL_API", String.valueOf(app.fact("api")),
                        "WAKEBOX_LOCAL_TOKEN", String.valueOf(app.fact("token"))));
    }

    /** Commands of a user with access keys, who names the stack as a deployed one. */
    static Commands of(AccessKey user, URI aws, Path directory) {
        return new Commands(
                aws,
                directory,
                Map.of(
                        "WAKEBOX_STACK",
                        "wakebox",
                        "AWS_REGION",
                        "us-east-1",
                        "AWS_ACCESS_KEY_ID",
                        user.accessKeyId(),
                        "AWS_SECRET_ACCESS_KEY",
                        user.secretAccessKey()));
    }

    /** What a command printed, on both streams, and its exit code. */
    record Result(int exitCode, String said) {}

    /** Runs a command to its end. */
    Result run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Result(process.waitFor(), said);
    }

    /** Starts a command and reads its lines until one contains a text; the caller ends the process. */
    Process startUntil(String text, String... arguments) throws IOException {
        Process process = start(arguments);
        var read = new ArrayList<String>();
        var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            read.add(line);
            if (line.contains(text)) {
                return process;
            }
        }
        assertThat(read).as("the command ended without the line").anyMatch(line -> line.contains(text));
        return process;
    }

    private Process start(String... arguments) throws IOException {
        var words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlogback.configurationFile=logback-local.xml",
                "-cp",
                CLI.resolve("wakebox-cli.jar") + ":" + CLI.resolve("lib") + "/*",
                "dev.wakebox.cli.Wakebox"));
        words.addAll(List.of(arguments));
        if (environment.containsKey("WAKEBOX_STACK")) {
            words.addAll(List.of("--endpoint-url", aws.toString()));
        }
        var builder = new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("WAKEBOX_") || name.startsWith("AWS_"));
        builder.environment().putAll(environment);
        return builder.start();
    }
}
