package dev.wakebox.compute.launch;

import static java.util.stream.Collectors.joining;

import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.OutputCheck;
import dev.wakebox.compute.execution.OutputLocation;
import dev.wakebox.compute.execution.RunArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The buckets that the stack's roles may write to and read. A run that names another one fails before it launches an
 * instance, and not when S3 refuses its records.
 */
final class OutputBuckets {
    private final Set<String> patterns;
    private final List<Pattern> names;

    /** @param patterns bucket names with the wildcards {@code *} and {@code ?}, as in the policies of the roles */
    OutputBuckets(Set<String> patterns) {
        this.patterns = patterns;
        this.names = patterns.stream().map(OutputBuckets::compiled).toList();
    }

    /** JSON path and rule of each bucket of the execution that matches no pattern. */
    Map<String, String> problems(Execution execution) {
        var problems = new LinkedHashMap<String, String>();
        execution
                .output()
                .map(OutputLocation::bucket)
                .filter(this::isForeign)
                .ifPresent(bucket -> problems.put("$.commands", rule(bucket)));
        execution
                .check()
                .map(OutputCheck::place)
                .map(OutputLocation::bucket)
                .filter(this::isForeign)
                .ifPresent(bucket -> problems.put("$.run_options.ii_check_s3", rule(bucket)));
        execution
                .options()
                .array()
                .flatMap(RunArray::list)
                .map(OutputLocation::bucket)
                .filter(this::isForeign)
                .ifPresent(bucket -> problems.put(RunArray.PATH + ".list", rule(bucket)));
        return problems;
    }

    private boolean isForeign(String bucket) {
        return names.stream().noneMatch(name -> name.matcher(bucket).matches());
    }

    private String rule(String bucket) {
        return "names the bucket \"" + bucket + "\", but this stack may write only to " + String.join(", ", patterns)
                + ": add the bucket to the stack's parameter OutputBuckets and deploy again";
    }

    private static Pattern compiled(String pattern) {
        return Pattern.compile(Arrays.stream(pattern.split("(?<=[*?])|(?=[*?])"))
                .map(part -> switch (part) {
                    case "*" -> ".*";
                    case "?" -> ".";
                    default -> Pattern.quote(part);
                })
                .collect(joining()));
    }
}
