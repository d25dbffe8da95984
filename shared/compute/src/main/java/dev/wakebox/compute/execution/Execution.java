package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An execution that was found right: what to launch, what to run there, what to look for afterwards.
 *
 * @param commands what runs, with its dates filled in
 * @param output where the commands say that they write, if they do
 * @param check the object or prefix that has to be there afterwards, if any has to
 */
public record Execution(
        Run run,
        List<String> commands,
        RunOptions options,
        Optional<OutputLocation> output,
        Optional<OutputCheck> check,
        Map<String, @Nullable Object> parameters) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofHours(1);
    private static final long LONGEST_TIMEOUT_S = 366L * 24 * 3600;
    private static final long LONGEST_WAIT_S = 24L * 3600;
    private static final int MOST_RETRIES = 10;

    /** Of {@code instance_parameters}: what a former run added or what is Wakebox's to say. */
    private static final Set<String> NOT_FOR_EC2 = Set.of("InstanceId", "MinCount", "MaxCount", "ClientToken");

    public Execution {
        requireNonNull(run, "run is null");
        requireNonNull(options, "options is null");
        commands = List.copyOf(commands);
    }

    /**
     * Reads and checks a document.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code INVALID_REQUEST} with every problem and its JSON path
     */
    public static Execution of(RunDocument document) {
        return of(document, _ -> Map.of());
    }

    /**
     * As {@link #of(RunDocument)}, for who knows more of what the document must be.
     *
     * @param further finds problems that nothing here knows of, JSON path and rule, in what has been read so far; they are
     *     told beside those found here
     */
    public static Execution of(RunDocument document, Function<Execution, Map<String, String>> further) {
        Run run = document.run();
        var problems = new Problems();
        List<String> asSubmitted = document.at("datastream_command_options") == null
                ? commands(document.at("commands"), problems)
                : DatastreamCommand.of(document.at("datastream_command_options"), problems);
        String daily = RunDate.daily(run.startedAt(), CommandLine.forcingSource(asSubmitted));
        List<String> commands = asSubmitted.stream()
                .map(command -> CommandLine.dated(command, daily))
                .toList();
        var output = CommandLine.output(commands);

        var fields = new Fields(document.at("run_options"), "$.run_options", problems);
        var options = options(fields);
        var check = check(fields, output, daily, RunDate.of(run.startedAt()), problems);
        var parameters = parameters(document.at("instance_parameters"), options, problems);
        var execution = new Execution(run, commands, options, output, check, parameters);
        further.apply(execution).forEach(problems::addIfNew);
        problems.throwIfAny();
        return execution;
    }

    /**
     * {@code instance_parameters} for RunInstances, in the API's own spelling, for an instance type: without the fields
     * that a former run added, with {@code $DATE} and {@code $INSTANCE_TYPE} replaced in every string.
     */
    public Map<String, @Nullable Object> instanceParameters(String instanceType) {
        var filled = new LinkedHashMap<String, @Nullable Object>();
        String date = RunDate.of(run.startedAt());
        parameters.forEach((key, value) -> filled.put(key, filled(value, date, instanceType)));
        filled.put("InstanceType", instanceType);
        return filled;
    }

    /** The instance types to try, in order: the one in {@code instance_parameters}, then {@code instance_types}. */
    public List<String> instanceTypes() {
        var types = new ArrayList<String>();
        if (parameters.get("InstanceType") instanceof String type) {
            types.add(type);
        }
        options.instanceTypes().stream().filter(type -> !types.contains(type)).forEach(types::add);
        return types;
    }

    private static @Nullable Object filled(@Nullable Object value, String date, String type) {
        return switch (value) {
            case String text -> text.replace("$DATE", date).replace("$INSTANCE_TYPE", type);
            case List<?> list ->
                list.stream().map(entry -> filled(entry, date, type)).toList();
            case Map<?, ?> map -> {
                var copy = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, entry) -> copy.put((String) key, filled(entry, date, type)));
                yield copy;
            }
            case null, default -> value;
        };
    }

    private static List<String> commands(@Nullable Object value, Problems problems) {
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            problems.add(
                    "$.commands", "must be a list of at least one shell command (or give datastream_command_options)");
            return List.of();
        }
        return strings(list, "$.commands", problems);
    }

    private static RunOptions options(Fields fields) {
        // The state machine itself waits by these three.
        fields.amount("retry_backoff_base_s", 0, LONGEST_WAIT_S, "must be a number of seconds from 0 to a day");
        fields.amount("retry_backoff_max_s", 0, LONGEST_WAIT_S, "must be a number of seconds from 0 to a day");
        fields.amount("retry_backoff_rate", 1, 10, "must be a number from 1 to 10");
        return new RunOptions(
                Duration.ofSeconds(fields.number(
                        "timeout_s",
                        DEFAULT_TIMEOUT.toSeconds(),
                        1,
                        LONGEST_TIMEOUT_S,
                        "must be a whole number of seconds above 0")),
                fields.flag("ii_terminate_instance"),
                fields.flags("ii_delete_volume", "ii_detach_volume"),
                fields.flag("ii_cheapo"),
                (int) fields.number(
                        "n_retries_allowed", 0, 0, MOST_RETRIES, "must be a whole number from 0 to " + MOST_RETRIES),
                fields.flag("ii_keep_going"),
                fields.flag("dry_run"),
                fields.strings("instance_types"),
                fields.strings("subnet_ids"),
                fields.strings("availability_zones"),
                fields.price("max_price"));
    }

    private static Optional<OutputCheck> check(
            Fields fields, Optional<OutputLocation> output, String daily, String date, Problems problems) {
        String name = fields.get("ii_check_s3") == null ? "check_s3" : "ii_check_s3";
        String path = "$.run_options." + name;
        return switch (fields.get(name)) {
            case null -> Optional.empty();
            case Boolean asked when !asked -> Optional.empty();
            case Boolean asked -> {
                if (output.isEmpty()) {
                    problems.add(
                            path,
                            "is true, but no command says --s3_bucket and --s3_prefix; say where to look with"
                                    + " {\"bucket\": …, \"prefix\": …}");
                }
                yield output.map(place -> new OutputCheck(place, true));
            }
            case Map<?, ?> place -> {
                String bucket = place.get("bucket") instanceof String text ? text : "";
                String prefix = place.get("prefix") instanceof String text ? text : "";
                if (bucket.isBlank()) {
                    problems.add(path + ".bucket", "must be the name of a bucket", place.get("bucket"));
                }
                if (prefix.isBlank()) {
                    problems.add(path + ".prefix", "must be a key or the beginning of keys", place.get("prefix"));
                }
                yield Optional.of(new OutputCheck(
                        new OutputLocation(
                                bucket, CommandLine.placeDated(prefix, daily).replace("$DATE", date)),
                        false));
            }
            case Object other -> {
                problems.add(path, "must be true, false or {\"bucket\": …, \"prefix\": …}", other);
                yield Optional.empty();
            }
        };
    }

    private static Map<String, @Nullable Object> parameters(
            @Nullable Object value, RunOptions options, Problems problems) {
        String at = "$.instance_parameters";
        if (!(value instanceof Map<?, ?> given)) {
            problems.add(at, "must be an object: the parameters of EC2's RunInstances", value);
            return Map.of();
        }
        var parameters = new LinkedHashMap<String, @Nullable Object>();
        given.forEach((key, entry) -> {
            if (!NOT_FOR_EC2.contains(key)) {
                parameters.put((String) key, entry);
            }
        });
        boolean template = parameters.get("LaunchTemplate") instanceof Map<?, ?>;
        if (!(parameters.get("ImageId") instanceof String image
                ? image.startsWith("ami-") || image.startsWith("resolve:ssm:")
                : template && !parameters.containsKey("ImageId"))) {
            problems.add(at + ".ImageId", "must be the id of an AMI", parameters.get("ImageId"));
        }
        if (!(parameters.get("InstanceType") instanceof String type
                ? !type.isBlank()
                : !parameters.containsKey("InstanceType")
                        && (template || !options.instanceTypes().isEmpty()))) {
            problems.add(at + ".InstanceType", "must be an instance type", parameters.get("InstanceType"));
        }
        if (parameters.containsKey("KeyName") && !(parameters.get("KeyName") instanceof String key && !key.isBlank())) {
            problems.add(at + ".KeyName", "must be the name of a key pair, or be left out", parameters.get("KeyName"));
        }
        if (parameters.get("SecurityGroupIds") instanceof List<?> groups) {
            strings(groups, at + ".SecurityGroupIds", problems);
        } else if (parameters.containsKey("SecurityGroupIds")) {
            problems.add(
                    at + ".SecurityGroupIds",
                    "must be a list of security groups' ids",
                    parameters.get("SecurityGroupIds"));
        }
        profile(parameters.get("IamInstanceProfile"), at + ".IamInstanceProfile", problems);
        return parameters;
    }

    private static void profile(@Nullable Object value, String path, Problems problems) {
        boolean named =
                value instanceof Map<?, ?> profile && (isText(profile.get("Name")) || isText(profile.get("Arn")));
        if (!named) {
            problems.add(
                    path,
                    "must give the Name or the Arn of an instance profile; without one Systems Manager can't reach"
                            + " the instance",
                    value);
        }
    }

    private static boolean isText(@Nullable Object value) {
        return value instanceof String text && !text.isBlank();
    }

    private static List<String> strings(List<?> list, String path, Problems problems) {
        var strings = new ArrayList<String>();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof String text && !text.isBlank()) {
                strings.add(text);
            } else {
                problems.add(path + "[" + i + "]", "must be a string that isn't blank", list.get(i));
            }
        }
        return strings;
    }

    /** The fields of one object, each with a default for when it isn't there. */
    private record Fields(Map<?, ?> given, String path, Problems problems) {
        Fields(@Nullable Object value, String path, Problems problems) {
            this(value instanceof Map<?, ?> map ? map : Map.of(), path, problems);
            if (value != null && !(value instanceof Map<?, ?>)) {
                problems.add(path, "must be an object", value);
            }
        }

        @Nullable
        Object get(String name) {
            return given.get(name);
        }

        boolean flag(String name) {
            Object value = get(name);
            if (value != null && !(value instanceof Boolean)) {
                problems.add(path + "." + name, "must be true or false", value);
            }
            return Boolean.TRUE.equals(value);
        }

        /** One flag that has two names. */
        boolean flags(String name, String alias) {
            boolean byName = flag(name);
            return flag(alias) || byName;
        }

        void amount(String name, long least, long most, String rule) {
            Object value = get(name);
            if (value != null
                    && !(value instanceof Number number
                            && number.doubleValue() >= least
                            && number.doubleValue() <= most)) {
                problems.add(path + "." + name, rule, value);
            }
        }

        long number(String name, long otherwise, long least, long most, String rule) {
            Object value = get(name);
            if (value == null) {
                return otherwise;
            }
            if (value instanceof Number number) {
                var exact = new BigDecimal(number.toString());
                if (exact.stripTrailingZeros().scale() <= 0
                        && exact.compareTo(BigDecimal.valueOf(least)) >= 0
                        && exact.compareTo(BigDecimal.valueOf(most)) <= 0) {
                    return exact.longValue();
                }
            }
            problems.add(path + "." + name, rule, value);
            return otherwise;
        }

        List<String> strings(String name) {
            return switch (get(name)) {
                case null -> List.of();
                case List<?> list -> Execution.strings(list, path + "." + name, problems);
                case Object other -> {
                    problems.add(path + "." + name, "must be a list of strings", other);
                    yield List.of();
                }
            };
        }

        Optional<BigDecimal> price(String name) {
            Object value = get(name);
            if (value == null) {
                return Optional.empty();
            }
            try {
                var price = new BigDecimal(value.toString());
                if (price.signum() > 0) {
                    return Optional.of(price);
                }
            } catch (NumberFormatException e) {
                // falls through to the one message for both cases
            }
            problems.add(path + "." + name, "must be a price above 0 in USD an hour", value);
            return Optional.empty();
        }
    }
}
