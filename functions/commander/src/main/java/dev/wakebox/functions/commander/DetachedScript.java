package dev.wakebox.functions.commander;

import static dev.wakebox.functions.commander.Script.quoted;

import dev.wakebox.compute.execution.Following;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the script that starts another script detached from Systems Manager's agent, once, and then follows it: it passes on what that
 * script prints, and ends with its exit code. It ends early when its own time is over, and the same script that is sent later continues
 * at the line where it stopped. The agent kills the process group of a command; the detached script is in a session of its own.
 */
final class DetachedScript {
    /** The detached script is ended so much later than the deadline, so that EC2Poller sees the deadline before. */
    private static final Duration AFTER_THE_DEADLINE = Duration.ofMinutes(1);

    private static final String END = "WAKEBOX_END_OF_THE_COMMANDS";

    private static final List<String> BEGIN = List.of(
            // Seconds since the boot, because the clock may be set.
            "wakebox_now() { read -r wakebox_uptime wakebox_idle < /proc/uptime; echo \"${wakebox_uptime%.*}\"; }",
            "wakebox_until=$(($(wakebox_now) + wakebox_lasts))",
            "for wakebox_tool in flock setsid timeout; do",
            "command -v \"$wakebox_tool\" >/dev/null || { echo '$.run_options.timeout_s: more than 48 hours need'"
                    + " \"$wakebox_tool on the image; no command ran.\" >&2; exit 1; }",
            "done",
            "(umask 077; mkdir -p \"$wakebox_run\")",
            // Only one command at a time follows; the lock ends with its process, however that ends.
            "exec 9>>\"$wakebox_run/follower\"",
            "flock 9",
            "wakebox_boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)",
            "if [ ! -e \"$wakebox_run/started\" ]; then",
            "(umask 077; : >> \"$wakebox_run/stdout\"; : >> \"$wakebox_run/stderr\")");

    /** A scope of systemd's keeps the commands when the agent's service is restarted, for example by an update. */
    private static final List<String> SCOPE = List.of(
            "wakebox_scope=",
            "[ ! -d /run/systemd/system ] || [ \"$(id -u)\" -ne 0 ] || ! command -v systemd-run >/dev/null"
                    + " || wakebox_scope='systemd-run --scope --quiet'");

    private static final String RUN_IT =
            "sh \"$0/commands\"; echo $? > \"$0/ended.new\"; mv \"$0/ended.new\" \"$0/ended\"";

    private static final List<String> FOLLOW = List.of(
            // Copies what is new in a file, up to the last whole line. A signal to the process group ends it between
            // two copies.
            "wakebox_copy() (",
            "trap '' TERM",
            "cd \"$wakebox_run\"",
            "wakebox_at=$(cat \"$1.at\" 2>/dev/null || echo 0)",
            "wakebox_size=$(($(wc -c < \"$1\")))",
            "if [ $# -eq 1 ] && [ $((wakebox_size - wakebox_at)) -lt 65536 ]"
                    + " && [ \"$(tail -c +\"$wakebox_size\" \"$1\" | head -c 1 | wc -l)\" -eq 0 ]; then",
            "wakebox_size=$((wakebox_size - $(tail -c +$((wakebox_at + 1)) \"$1\" | head -c $((wakebox_size - wakebox_at))"
                    + " | tail -n 1 | wc -c)))",
            "fi",
            "[ \"$wakebox_size\" -gt \"$wakebox_at\" ] || exit 0",
            "tail -c +$((wakebox_at + 1)) \"$1\" 2>/dev/null | head -c $((wakebox_size - wakebox_at))"
                    + " && echo \"$wakebox_size\" > \"$1.new\" && mv \"$1.new\" \"$1.at\"",
            ")",
            "wakebox_last() {",
            "wakebox_copy stdout whole",
            "wakebox_copy stderr whole >&2",
            "}",
            "wakebox_stop=",
            "trap 'wakebox_stop=1' TERM",
            "while :; do",
            "read -r wakebox_pid wakebox_began < \"$wakebox_run/started\"",
            "wakebox_alive=1",
            "[ \"$wakebox_began\" = \"$wakebox_boot\" ] && kill -0 \"$wakebox_pid\" 2>/dev/null || wakebox_alive=",
            "if [ -e \"$wakebox_run/ended\" ]; then",
            "wakebox_last",
            "wakebox_status=$(cat \"$wakebox_run/ended\")",
            "[ \"$wakebox_status\" -ne " + Script.REBOOT + " ] || rm \"$wakebox_run/started\" \"$wakebox_run/ended\"",
            "exit \"$wakebox_status\"",
            "elif [ -z \"$wakebox_alive\" ]; then",
            "wakebox_last",
            "if [ \"$wakebox_began\" = \"$wakebox_boot\" ]; then echo 'The commands were killed before they ended.'",
            "else echo 'The instance rebooted before the commands ended. Commands that may run for more than 48 hours are not started"
                    + " again.'; fi >&2",
            "exit 1",
            "fi",
            "wakebox_copy stdout",
            "wakebox_copy stderr >&2",
            "[ -z \"$wakebox_stop\" ] || exit " + Following.TOLD_TO_END,
            "[ \"$(wakebox_now)\" -lt \"$wakebox_until\" ] || exit 0",
            "{ sleep 2 9>&- & wait $!; } 2>/dev/null",
            "done");

    private DetachedScript() {}

    /**
     * The lines; the same for every command that follows.
     *
     * @param run instance and attempt, as in {@link Script#keepGoing}
     * @param script what is started
     * @param left until the deadline
     * @param lasts how long a command follows before the next one does
     */
    static List<String> of(String run, List<String> script, Duration left, Duration lasts) {
        var lines = new ArrayList<String>();
        lines.add("wakebox_run=\"${HOME:-/root}/.wakebox/\"" + quoted(run));
        lines.add("wakebox_lasts=" + lasts.toSeconds());
        lines.addAll(BEGIN);
        String end = end(script);
        lines.add("(umask 077; cat > \"$wakebox_run/commands\") <<'" + end + "'");
        lines.addAll(script);
        lines.add(end);
        lines.addAll(SCOPE);
        lines.add("$wakebox_scope setsid timeout -k 30 "
                + left.plus(AFTER_THE_DEADLINE).toSeconds()
                + " sh -c " + quoted(RUN_IT)
                + " \"$wakebox_run\" </dev/null >>\"$wakebox_run/stdout\" 2>>\"$wakebox_run/stderr\" 9>&- &");
        lines.add("echo \"$! $wakebox_boot\" > \"$wakebox_run/started.new\"");
        lines.add("mv \"$wakebox_run/started.new\" \"$wakebox_run/started\"");
        lines.add("fi");
        lines.addAll(FOLLOW);
        return lines;
    }

    /** A line that the script doesn't have. */
    private static String end(List<String> script) {
        String all = String.join("\n", script);
        String end = END;
        while (all.contains(end)) {
            end += "_";
        }
        return end;
    }
}
