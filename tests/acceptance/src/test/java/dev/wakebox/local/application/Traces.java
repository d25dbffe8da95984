package dev.wakebox.local.application;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/**
 * Searches for a text in everything that is kept of an execution: the files of the application (all logs, the disks of
 * instances, the emulator's own), its history, its commands in Systems Manager, its objects, its streams in CloudWatch
 * Logs, its outcome, and the job records.
 */
record Traces(RunningApplication app, Path directory, String execution) {
    private static final Path PROCESSES = Path.of("/proc");

    /** A place and all that it holds. */
    private record Place(String name, String content) {}

    /** The places that have the text. Files are named by their path in the application's directory. */
    List<String> of(String text) throws IOException {
        var places = new ArrayList<String>();
        services().stream()
                .filter(place -> place.content().contains(text))
                .map(Place::name)
                .forEach(places::add);
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && has(file, text)) {
                    places.add("file " + directory.relativize(file));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // a disk of another test, which is being deleted
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return places;
    }

    private List<Place> services() {
        var places = new ArrayList<Place>();
        app.stepFunctions
                .getExecutionHistoryPaginator(
                        request -> request.executionArn(execution).includeExecutionData(true))
                .events()
                .forEach(event -> places.add(new Place("history", text(event))));
        places.add(new Place("execution", text(app.describe(execution))));
        for (var instance : app.instancesOf(execution)) {
            places.add(new Place("instance", text(instance)));
            for (var command : app.ssm
                    .listCommands(request -> request.instanceId(instance.instanceId()))
                    .commands()) {
                places.add(new Place("command", text(command)));
                places.add(new Place("invocation", text(app.ssm.getCommandInvocation(request -> request.commandId(
                                command.commandId())
                        .instanceId(instance.instanceId())))));
            }
        }
        Map<String, ?> outcome = app.outcomes().get(execution);
        places.add(new Place("outcome", String.valueOf(outcome)));
        if (outcome != null && outcome.get("logs") instanceof Map<?, ?> logs) {
            for (String stream : List.of("stdout_stream", "stderr_stream")) {
                places.add(new Place(
                        stream, lines(String.valueOf(logs.get("log_group")), String.valueOf(logs.get(stream)))));
            }
        }
        String name = execution.substring(execution.lastIndexOf(':') + 1);
        app.s3.listObjectsV2Paginator(request -> request.bucket(app.bucket)).contents().stream()
                .map(object -> object.key())
                .filter(key -> !key.startsWith("runs/") || key.contains(name))
                .forEach(key -> places.add(
                        new Place("object " + key, key + " " + app.object(key).orElse(""))));
        app.dynamoDb
                .scanPaginator(request -> request.tableName(app.jobsTable()))
                .items()
                .forEach(item -> places.add(new Place("job record", text(item))));
        return places;
    }

    /** Everything in an answer. The SDK's own texts leave out what may be sensitive, so nothing could be found there. */
    private static String text(@Nullable Object value) {
        return switch (value) {
            case SdkPojo object ->
                object.sdkFields().stream()
                        .map(field -> field.memberName() + "=" + text(field.getValueOrDefault(object)))
                        .collect(Collectors.joining(" "));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                        .collect(Collectors.joining(" "));
            case Collection<?> list -> list.stream().map(Traces::text).collect(Collectors.joining(" "));
            case null, default -> String.valueOf(value);
        };
    }

    /** The agent makes no stream for an empty output. */
    private String lines(String group, String stream) {
        try {
            return app.logLines(group, stream).toString();
        } catch (ResourceNotFoundException e) {
            return "";
        }
    }

    /**
     * The processes of this computer with the text in their arguments ({@code cmdline}) or environment ({@code environ}),
     * each by the content of its environment.
     */
    static List<String> environmentsOfProcesses(String file, String text) throws IOException {
        try (Stream<Path> processes = Files.list(PROCESSES)) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("\\d+"))
                    .filter(process -> has(process.resolve(file), text))
                    .map(process -> content(process.resolve("environ")))
                    .toList();
        }
    }

    private static boolean has(Path file, String text) {
        return content(file).contains(text);
    }

    /** Empty for a file that is gone or belongs to somebody else. */
    private static String content(Path file) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }
}
