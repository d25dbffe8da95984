package dev.wakebox.local.ec2;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ssm.model.SendCommandRequest;

/**
 * A command as it was sent.
 *
 * @param targets the instances
 * @param execution how long it may run
 */
record ShellCommand(String id, Instant requested, SendCommandRequest asked, List<String> targets, Duration execution) {
    static final String DOCUMENT = "AWS-RunShellScript";

    private static final Set<String> KNOWN_PARAMETERS = Set.of("commands", "workingDirectory", "executionTimeout");

    /** Throws Systems Manager's error when the document cannot run with the request's parameters. */
    static ShellCommand of(String id, Instant requested, SendCommandRequest asked, List<String> targets) {
        asked.parameters().keySet().stream()
                .filter(name -> !KNOWN_PARAMETERS.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw invalid("The document " + DOCUMENT + " has no parameter " + name + ".");
                });
        if (asked.parameters().getOrDefault("commands", List.of()).isEmpty()) {
            throw invalid("The parameter commands is missing.");
        }
        String timeout = first(asked, "executionTimeout").orElse("3600");
        int seconds = timeout.matches("\\d{1,6}") ? Integer.parseInt(timeout) : 0;
        if (seconds < 1 || seconds > 172_800) {
            throw invalid("The parameter executionTimeout is \"" + timeout + "\", not 1 to 172800 seconds.");
        }
        return new ShellCommand(id, requested, asked, targets, Duration.ofSeconds(seconds));
    }

    /** Run as one script, by sh unless the first line begins with {@code #!}. */
    String script() {
        return String.join("\n", asked.parameters().getOrDefault("commands", List.of())) + "\n";
    }

    String comment() {
        return Objects.requireNonNullElse(asked.comment(), "");
    }

    Optional<String> workingDirectory() {
        return first(asked, "workingDirectory").filter(path -> !path.isEmpty());
    }

    /** When the command is given up if it has not reached its instance. */
    Instant expires() {
        return requested.plusSeconds(Objects.requireNonNullElse(asked.timeoutSeconds(), 3600));
    }

    /** The bucket that receives the output. */
    Optional<String> bucket() {
        return Optional.ofNullable(asked.outputS3BucketName());
    }

    /** @param stream {@code stdout} or {@code stderr} */
    String key(String instanceId, String stream) {
        String given = Objects.requireNonNullElse(asked.outputS3KeyPrefix(), "");
        String prefix = given.isEmpty() ? "" : given.replaceFirst("(?<!/)/++$", "") + "/";
        return prefix + id + "/" + instanceId + "/awsrunShellScript/0.awsrunShellScript/" + stream;
    }

    /** The log group of CloudWatch Logs that receives the output. */
    Optional<String> logGroup() {
        return Optional.ofNullable(asked.cloudWatchOutputConfig())
                .filter(output -> Boolean.TRUE.equals(output.cloudWatchOutputEnabled()))
                .map(output -> Objects.requireNonNullElse(output.cloudWatchLogGroupName(), ""))
                .map(name -> name.isEmpty() ? "/aws/ssm/" + DOCUMENT : name);
    }

    /** The name of a stream of the log group. */
    String logStream(String instanceId, String stream) {
        return id + "/" + instanceId + "/aws-runShellScript/" + stream;
    }

    private static Optional<String> first(SendCommandRequest asked, String parameter) {
        return asked.parameters().getOrDefault(parameter, List.of()).stream().findFirst();
    }

    private static ApiException invalid(String message) {
        return new ApiException("InvalidParameters", message);
    }
}
