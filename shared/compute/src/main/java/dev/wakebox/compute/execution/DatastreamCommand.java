package dev.wakebox.compute.execution;

import dev.wakebox.runtime.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds the single command for {@code datastream_command_options}. */
final class DatastreamCommand {
    private static final List<String> REQUIRED = List.of(
            "start_time",
            "end_time",
            "forcing_source",
            "realization",
            "nprocs",
            "hydrofabric_version",
            "subset_id",
            "subset_id_type");

    private static final List<String> NAMES = Stream.concat(
                    REQUIRED.stream(), Stream.of("s3_bucket", "s3_prefix", "object_prefix"))
            .toList();

    private DatastreamCommand() {}

    /** The command; empty when the options have problems, which are added. */
    static List<String> of(@Nullable Object value, Problems problems) {
        String at = "$.datastream_command_options";
        Optional<JsonObject> object = JsonObject.from(value);
        if (object.isEmpty()) {
            problems.add(at, "must be an object", value);
            return List.of();
        }
        JsonObject options = object.get();
        var given = new LinkedHashMap<String, String>();
        boolean complete = true;
        for (String name : REQUIRED) {
            complete &= read(options, name, at + "." + name, given, problems);
        }
        String prefixName = options.get("s3_prefix") == null && options.get("object_prefix") != null
                ? "object_prefix"
                : "s3_prefix";
        boolean output = options.get("s3_bucket") != null || options.get(prefixName) != null;
        if (output) {
            complete &= read(options, "s3_bucket", at + ".s3_bucket", given, problems);
            complete &= read(options, prefixName, at + "." + prefixName, given, problems);
        }
        refuseMisspelt(options, at, problems);
        if (!complete) {
            return List.of();
        }
        String command = "cd /home/ec2-user/datastream && ./scripts/datastream"
                + " -s " + given.get("start_time")
                + " -e " + given.get("end_time")
                + " -C " + given.get("forcing_source")
                + " -I " + given.get("subset_id")
                + " -i " + given.get("subset_id_type")
                + " -v " + given.get("hydrofabric_version")
                + " -d $(pwd)/data/datastream"
                + " -R " + given.get("realization")
                + " -n " + given.get("nprocs")
                + (output ? " -S " + given.get("s3_bucket") + " -o " + given.get(prefixName) : "");
        return List.of("runuser -l ec2-user -c '" + command + "'");
    }

    /**
     * Accepts options of other programs; a name that resembles one of ours is a problem, because it would be ignored
     * silently.
     */
    private static void refuseMisspelt(JsonObject options, String at, Problems problems) {
        for (String key : options.keySet()) {
            Spelling.alike(NAMES, key)
                    .filter(name -> !NAMES.contains(key) && options.get(name) == null)
                    .ifPresent(name -> problems.add(at + "." + key, "is not an option; did you mean " + name + "?"));
        }
    }

    private static boolean read(
            JsonObject options, String name, String path, Map<String, String> given, Problems problems) {
        Object value = options.get(name);
        String text = value instanceof String || value instanceof Number ? value.toString() : "";
        if (text.isBlank()) {
            problems.add(path, "must be a string that isn't blank", value);
            return false;
        }
        if (text.indexOf('\'') >= 0) {
            problems.add(path, "must not contain ', which would end the command's quotes", value);
            return false;
        }
        given.put(name, text);
        return true;
    }
}
