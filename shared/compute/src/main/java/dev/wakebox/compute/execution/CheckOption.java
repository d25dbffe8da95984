package dev.wakebox.compute.execution;

import dev.wakebox.runtime.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code ii_check_s3}: true, a bucket and prefix, or {@code obj_key} in older documents. */
final class CheckOption {
    private static final String PACKED_OUTPUT = "ngen-run.tar.gz";
    private static final String LIST_OF_FORCINGS = "metadata/forcings_metadata/metadata.csv";

    /** Names of current buckets; an access point has an ARN. */
    private static final Pattern BUCKET =
            Pattern.compile("[a-z0-9](?!.*\\.\\.)[a-z0-9.-]{1,61}[a-z0-9]|arn:[a-z-]+:s3[a-z-]*:\\S+");

    private static final String S3 = "s3://";
    private static final int LONGEST_KEY = 1024;

    private final RunDocument document;
    private final OptionReader options;
    private final Dating dating;
    private final Problems problems;

    CheckOption(RunDocument document, OptionReader options, Dating dating, Problems problems) {
        this.document = document;
        this.options = options;
        this.dating = dating;
        this.problems = problems;
    }

    /** The prefix, if the option is an object that has one. */
    static Optional<String> prefix(OptionReader options) {
        return JsonObject.from(value(options)).flatMap(place -> place.optionalText("prefix"));
    }

    private static @Nullable Object value(OptionReader options) {
        Object value = options.get("ii_check_s3");
        Object alias = options.get("check_s3");
        return value == null ? alias : value;
    }

    /** The check, if one is requested. A check that is not possible is a problem. */
    Optional<OutputCheck> read() {
        String path = options.path(options.get("ii_check_s3") == null ? "check_s3" : "ii_check_s3");
        return switch (value(options)) {
            case null -> older();
            case Boolean asked when !asked -> Optional.empty();
            case Boolean asked -> older().or(() -> ofCommands(path));
            case Map<?, ?> place -> Optional.of(ofPlace(place, path));
            case Object other -> {
                problems.add(path, "must be true, false or {\"bucket\": …, \"prefix\": …}", other);
                yield Optional.empty();
            }
        };
    }

    /** The oldest documents name the object outside of the commands, with {@code DATE} for its day. */
    private Optional<OutputCheck> older() {
        Optional<String> bucket = document.json().optionalText("bucket");
        Optional<String> key = document.json().optionalText("obj_key");
        if (bucket.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        checkBucket(bucket.get(), "$.bucket");
        String dated = dating.prefix(key.get())
                .replace("DATE", RunDate.of(document.run().startedAt()));
        return Optional.of(OutputCheck.beginningWith(new OutputLocation(bucket.get(), dated)));
    }

    private Optional<OutputCheck> ofCommands(String path) {
        List<String> commands = dating.commands();
        var output = CommandLine.output(commands);
        if (output.isEmpty()) {
            problems.add(
                    path,
                    "is true, but no command says --s3_bucket and --s3_prefix; say where to look with"
                            + " {\"bucket\": …, \"prefix\": …}");
        }
        return output.map(place -> {
            if (CommandLine.callsDatastream(commands)) {
                return OutputCheck.beginningWith(new OutputLocation(place.bucket(), place.key(PACKED_OUTPUT)));
            }
            return CommandLine.forcingSource(commands) == null
                    ? OutputCheck.below(place)
                    : OutputCheck.beginningWith(new OutputLocation(place.bucket(), place.key(LIST_OF_FORCINGS)));
        });
    }

    private OutputCheck ofPlace(Map<?, ?> place, String path) {
        var fields = OptionReader.of(place, path, problems);
        String bucket = fields.text("bucket");
        String prefix = fields.text("prefix");
        fields.refuseOthers(Set.of());
        if (bucket.isBlank()) {
            problems.add(path + ".bucket", "must be the name of a bucket", fields.get("bucket"));
        } else {
            checkBucket(bucket, path + ".bucket");
        }
        if (prefix.isBlank()) {
            problems.add(path + ".prefix", "must be a key or the beginning of keys", fields.get("prefix"));
        } else if (prefix.startsWith(S3)) {
            problems.add(path + ".prefix", "must be a key without " + S3 + " and the bucket", prefix);
        } else if (prefix.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            problems.add(path + ".prefix", "must have at most " + LONGEST_KEY + " bytes, as keys have", prefix);
        }
        String date = RunDate.of(document.run().startedAt());
        return OutputCheck.beginningWith(
                new OutputLocation(bucket, dating.prefix(prefix).replace("$DATE", date)));
    }

    private void checkBucket(String bucket, String path) {
        if (!BUCKET.matcher(bucket).matches()) {
            problems.add(
                    path,
                    "must be the name of a bucket (3 to 63 lower-case letters, digits, dots and hyphens)" + fix(bucket),
                    bucket);
        }
    }

    private static String fix(String bucket) {
        String name = bucket.startsWith(S3) ? bucket.substring(S3.length()) : bucket;
        int slash = name.indexOf('/');
        String alone = slash < 0 ? name : name.substring(0, slash);
        if (alone.equals(bucket) || !BUCKET.matcher(alone).matches()) {
            return "";
        }
        String rest = slash < 0 ? "" : name.substring(slash + 1);
        return ", such as \"" + alone + "\"" + (rest.isEmpty() ? "" : ", and the rest in the prefix");
    }
}
