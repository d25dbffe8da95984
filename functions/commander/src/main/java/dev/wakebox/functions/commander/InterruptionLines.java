package dev.wakebox.functions.commander;

import static dev.wakebox.functions.commander.Script.quoted;

import java.util.List;

/**
 * Builds the lines of the script that run {@code on_interrupt}. A process beside the commands reads every five seconds from the
 * metadata of the spot instance whether EC2 takes it back. That needs no event that may be lost, late or doubled, and no permission.
 */
final class InterruptionLines {
    /** EC2 ends the instance two minutes after its warning. */
    private static final int LONGER_THAN_THE_WARNING_S = 180;

    /**
     * Ends the watch, or waits for the commands of {@code on_interrupt} if they have begun. Commands that failed after the warning
     * were probably told to end: the script then waits for EC2, whose reason decides about the outcome.
     */
    static final String AT_END = "wakebox_unwatch; ";

    private InterruptionLines() {}

    static List<String> of(List<String> onInterrupt) {
        return List.of(
                "command -v curl >/dev/null ||"
                        + " { echo '$.run_options.on_interrupt: needs curl on the image; no command ran.' >&2; exit 1; }",
                "wakebox_metadata() { curl -sf -m 2 --noproxy '*' \"$@\" 2>/dev/null; }",
                "wakebox_warned() {",
                "wakebox_service=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}/latest",
                "wakebox_token=$(wakebox_metadata -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'"
                        + " \"$wakebox_service/api/token\") || return 1",
                "wakebox_metadata -H \"X-aws-ec2-metadata-token: $wakebox_token\""
                        + " \"$wakebox_service/meta-data/spot/instance-action\" >/dev/null",
                "}",
                "wakebox_unwatch() {",
                "{ true > \"$wakebox_run/unwatched\"; } 2>/dev/null || kill \"$wakebox_watch\" 2>/dev/null || :",
                "wait \"$wakebox_watch\" 2>/dev/null || :",
                "[ \"$wakebox_status\" -eq 0 ] || [ ! -e \"$wakebox_run/interrupted\" ] || sleep "
                        + LONGER_THAN_THE_WARNING_S,
                "}",
                "rm -f \"$wakebox_run/unwatched\" \"$wakebox_run/interrupted\"",
                "{ trap - EXIT TERM",
                "until wakebox_warned; do",
                "for wakebox_second in 1 2 3 4 5; do sleep 1 </dev/null >/dev/null 2>&1",
                "[ ! -e \"$wakebox_run/unwatched\" ] && kill -0 $$ 2>/dev/null || exit 0",
                "done",
                "done",
                "[ ! -e \"$wakebox_run/unwatched\" ] || exit 0",
                "{ true > \"$wakebox_run/interrupted\"; } 2>/dev/null",
                "echo 'EC2 takes this spot instance back; on_interrupt runs.' >&2",
                "sh -c " + quoted(String.join("\n", onInterrupt)) + " </dev/null",
                "} &",
                "wakebox_watch=$!");
    }
}
