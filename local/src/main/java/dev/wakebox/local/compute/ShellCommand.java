package dev.wakebox.local.compute;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command as it was sent.
 *
 * @param lines run as one script; without a {@code #!} line it is sh's
 * @param delivery how long it may wait for its instance
 * @param execution how long it may run
 * @param logGroup of CloudWatch Logs that takes the output
 */
record ShellCommand(
        String id,
        Instant requested,
        String comment,
        Map<String, List<String>> parameters,
        List<String> targets,
        List<String> lines,
        Optional<String> workingDirectory,
        Duration delivery,
        Duration execution,
        Optional<Bucket> output,
        Optional<String> logGroup) {

    static final String DOCUMENT = "AWS-RunShellScript";
    static final String DEFAULT_LOG_GROUP = "/aws/ssm/" + DOCUMENT;
    static final String PLUGIN = "aws:runShellScript";

    private static final String STEP = "awsrunShellScript/0.awsrunShellScript/";

    /** Where the output goes to in S3. */
    record Bucket(String name, String prefix) {}

    Instant expires() {
        return requested.plus(delivery);
    }

    /** The name of a stream of the log group. */
    String logStream(String instanceId, String stream) {
        return id + "/" + instanceId + "/aws-runShellScript/" + stream;
    }

    /** @param stream {@code stdout} or {@code stderr} */
    String key(Bucket bucket, String instanceId, String stream) {
        String prefix = bucket.prefix().isEmpty() ? "" : bucket.prefix().replaceAll("/+$", "") + "/";
        return prefix + id + "/" + instanceId + "/" + STEP + stream;
    }
}
