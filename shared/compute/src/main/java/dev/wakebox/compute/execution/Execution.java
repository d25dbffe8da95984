package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A valid execution: what to launch, what to run there, and which output to check afterwards.
 *
 * @param commands to run, with their dates filled in
 * @param output the destination that the commands name, if any
 * @param check the object or prefix that must exist afterwards, if any
 */
public record Execution(
        Run run,
        List<String> commands,
        RunOptions options,
        Optional<OutputLocation> output,
        Optional<OutputCheck> check,
        JsonObject parameters) {
    /** The top-level fields that Wakebox reads; other fields are passed on unchanged. */
    private static final Set<String> PARTS =
            Set.of("commands", "datastream_command_options", "instance_parameters", "run_options");

    public Execution {
        requireNonNull(run, "run is null");
        requireNonNull(options, "options is null");
        commands = List.copyOf(commands);
    }

    /**
     * Reads and validates a document.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code INVALID_REQUEST} with every problem and its JSON path
     */
    public static Execution of(RunDocument document) {
        return of(document, _ -> Map.of());
    }

    /**
     * As {@link #of(RunDocument)}, with additional checks.
     *
     * @param further finds more problems, as JSON path and rule, in the parts that were read; they are reported
     *     together with those found here
     */
    public static Execution of(RunDocument document, Function<Execution, Map<String, String>> further) {
        var problems = new Problems();
        Execution execution = read(document, further, problems);
        problems.throwIfAny();
        return execution;
    }

    /** Every mistake that {@link #of(RunDocument, Function)} refuses; empty for a valid document. */
    public static List<Mistake> mistakes(RunDocument document, Function<Execution, Map<String, String>> further) {
        var problems = new Problems();
        read(document, further, problems);
        return problems.found();
    }

    private static Execution read(
            RunDocument given, Function<Execution, Map<String, String>> further, Problems problems) {
        RunDocument document = ArrayPlace.filled(given);
        Run run = document.run();
        List<String> asSubmitted = document.at("datastream_command_options") == null
                ? commands(document.at("commands"), problems)
                : DatastreamCommand.of(document.at("datastream_command_options"), problems);
        var fields = OptionReader.of(document.at("run_options"), "$.run_options", problems);
        var dating = Dating.of(asSubmitted, CheckOption.prefix(fields), run.startedAt());
        var output = CommandLine.output(dating.commands());
        output.filter(place -> place.bucket().startsWith("s3://"))
                .ifPresent(place -> problems.add(
                        "$.commands", "must name the bucket of --s3_bucket without s3://", place.bucket()));

        var options = RunOptions.of(fields, problems);
        var check = new CheckOption(document, fields, dating, problems).read();
        fields.refuseOthers(RunOptions.IGNORED);
        misspeltParts(document, problems);
        var parameters = InstanceParameters.of(document.at("instance_parameters"), options, problems);
        var execution = new Execution(run, dating.commands(), options, output, check, parameters);
        further.apply(execution).forEach(problems::addIfNew);
        return execution;
    }

    /**
     * {@code instance_parameters} for RunInstances, in the API's own spelling, for an instance type. Fields that an
     * earlier run added are left out, and {@code $DATE} and {@code $INSTANCE_TYPE} are replaced in every string.
     */
    public JsonObject instanceParameters(String instanceType) {
        return filled(parameters, RunDate.of(run.startedAt()), instanceType).with("InstanceType", instanceType);
    }

    /** The instance types to try, in order: the one in {@code instance_parameters}, then {@code instance_types}. */
    public List<String> instanceTypes() {
        var types = new ArrayList<String>();
        parameters.optionalText("InstanceType").ifPresent(types::add);
        options.instanceTypes().stream().filter(type -> !types.contains(type)).forEach(types::add);
        return types;
    }

    private static @Nullable Object filled(@Nullable Object value, String date, String type) {
        return switch (value) {
            case String text -> text.replace("$DATE", date).replace("$INSTANCE_TYPE", type);
            case List<?> list ->
                list.stream().map(entry -> filled(entry, date, type)).toList();
            case null -> null;
            default ->
                JsonObject.from(value)
                        .<Object>map(object -> filled(object, date, type))
                        .orElse(value);
        };
    }

    private static JsonObject filled(JsonObject object, String date, String type) {
        JsonObject filled = object;
        for (String key : object.keySet()) {
            filled = filled.with(key, filled(object.get(key), date, type));
        }
        return filled;
    }

    /** Blank commands are kept: for Systems Manager they are lines of the script. */
    private static List<String> commands(@Nullable Object value, Problems problems) {
        if (!(value instanceof List<?> list)
                || list.stream().allMatch(command -> command instanceof String text && text.isBlank())) {
            problems.add(
                    "$.commands", "must be a list of at least one shell command (or give datastream_command_options)");
            return List.of();
        }
        var commands = new ArrayList<String>();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof String command) {
                commands.add(command);
            } else {
                problems.add("$.commands[" + i + "]", "must be a string", list.get(i));
            }
        }
        return commands;
    }

    /** A misspelt part would be ignored silently. */
    private static void misspeltParts(RunDocument document, Problems problems) {
        for (String key : document.json().keySet()) {
            Spelling.alike(PARTS, key)
                    .filter(part -> !part.equals(key) && document.at(part) == null)
                    .ifPresent(
                            part -> problems.add("$." + key, "is no part of an execution; did you mean " + part + "?"));
        }
    }
}
