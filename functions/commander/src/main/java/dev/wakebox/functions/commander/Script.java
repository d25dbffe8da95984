package dev.wakebox.functions.commander;

import java.util.ArrayList;
import java.util.List;

/** The shell script that an execution's commands become. */
final class Script {
    private static final String STOP_IF_FAILED =
            "wakebox_status=$?; [ \"$wakebox_status\" -eq 0 ] || exit \"$wakebox_status\"";

    /** With this one Systems Manager reboots the instance and runs the script again from its beginning. */
    private static final int REBOOT = 194;

    private static final String KEEP_STATUS = "if [ \"$wakebox_status\" -eq " + REBOOT
            + " ]; then rmdir \"$wakebox_boot\" 2>/dev/null || :; else"
            + " { echo \"$wakebox_status\" > \"$wakebox_run/status\""
            + " && mv \"$wakebox_run/status\" \"$wakebox_run/exit_code\"; } 2>/dev/null || :; fi";

    /** bash runs the trap of EXIT when it is terminated, as by a reboot, and calls that a success. */
    private static final String TERMINATED_IS_NO_END = "trap 'trap - EXIT; exit 143' TERM";

    private Script() {}

    /**
     * One command after the other in one shell, whatever each answers; the last one's exit code counts.
     *
     * @param run instance and attempt, as a relative path: an image of the instance carries its directories to others
     */
    static List<String> keepGoing(String run, List<String> commands) {
        var lines = onlyOnce(run);
        lines.add("trap 'wakebox_status=$?; " + KEEP_STATUS + "' EXIT");
        lines.add(TERMINATED_IS_NO_END);
        lines.addAll(commands);
        return lines;
    }

    /**
     * SendCommand has no token, so two calls for one attempt may both be accepted. The script that is first on the
     * instance makes a directory; another one waits for the first and ends as that did. The directory is of this boot:
     * what a reboot has interrupted begins again, what had ended stays ended.
     */
    private static List<String> onlyOnce(String run) {
        var lines = new ArrayList<String>();
        lines.add("wakebox_run=\"${HOME:-/root}/.wakebox/\"" + quoted(run));
        lines.add("wakebox_boot=\"$wakebox_run/boot-$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)\"");
        lines.add("mkdir -p \"$wakebox_run\" 2>/dev/null");
        lines.add("if [ -e \"$wakebox_run/exit_code\" ]"
                + " || { ! mkdir \"$wakebox_boot\" 2>/dev/null && [ -d \"$wakebox_boot\" ]; }; then");
        lines.add("echo 'These commands were sent twice: their output is with the command that came first.' >&2");
        lines.add("while [ -d \"$wakebox_boot\" ] && [ ! -e \"$wakebox_run/exit_code\" ]; do sleep 2; done");
        lines.add("exit \"$(cat \"$wakebox_run/exit_code\" 2>/dev/null || echo " + REBOOT + ")\"");
        lines.add("fi");
        return lines;
    }

    /**
     * One command after the other in one shell, up to the first that fails; its exit code counts. Within a command the
     * first line that fails ends it ({@code set -e}); its own exit code is looked at besides, because {@code set -e}
     * overlooks {@code false && true}.
     *
     * @param run as in {@link #keepGoing}
     */
    static List<String> stopAtFirstFailure(String run, List<String> commands) {
        var lines = onlyOnce(run);
        lines.add("trap 'wakebox_status=$?; " + KEEP_STATUS
                + "; [ \"$wakebox_status\" -eq 0 ] || [ \"$wakebox_status\" -eq " + REBOOT
                + " ] || echo \"Command $wakebox_command of " + commands.size()
                + " failed with exit code $wakebox_status.\" >&2' EXIT");
        lines.add(TERMINATED_IS_NO_END);
        lines.add("set -e");
        for (int i = 0; i < commands.size(); i++) {
            lines.add("wakebox_command=" + (i + 1));
            lines.add("eval " + quoted(commands.get(i)));
            lines.add(STOP_IF_FAILED);
        }
        return lines;
    }

    private static String quoted(String command) {
        return "'" + command.replace("'", "'\\''") + "'";
    }
}
