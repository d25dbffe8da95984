package dev.wakebox.functions.commander;

import java.util.ArrayList;
import java.util.List;

/** Builds the shell script that runs the commands of an execution. */
final class Script {
    private static final String STOP_IF_FAILED =
            "wakebox_status=$?; [ \"$wakebox_status\" -eq 0 ] || exit \"$wakebox_status\"";

    /** With this exit code, Systems Manager reboots the instance and runs the script again from its beginning. */
    static final int REBOOT = 194;

    private static final String KEEP_STATUS = "if [ \"$wakebox_status\" -eq " + REBOOT
            + " ]; then rmdir \"$wakebox_boot\" 2>/dev/null || :; else"
            + " { echo \"$wakebox_status\" > \"$wakebox_run/status\""
            + " && mv \"$wakebox_run/status\" \"$wakebox_run/exit_code\"; } 2>/dev/null || :; fi";

    /** bash runs the EXIT trap when it is terminated, for example by a reboot, and reports success. */
    private static final String TERMINATED_IS_NO_END = "trap 'trap - EXIT; exit 143' TERM";

    private Script() {}

    /**
     * Runs all commands in one shell, even after one fails; the exit code of the last one counts.
     *
     * @param run instance and attempt, as a relative path: an image made of the instance contains its directories
     * @param preamble what is done before and after the commands
     */
    static List<String> keepGoing(String run, Preamble preamble, List<String> commands) {
        var lines = begin(run, preamble);
        lines.add(atExit(preamble, ""));
        lines.add(TERMINATED_IS_NO_END);
        lines.addAll(Interpreter.of(commands)
                .map(interpreter -> ownFile(interpreter.script(commands, false)))
                .orElse(commands));
        return lines;
    }

    private static List<String> begin(String run, Preamble preamble) {
        var lines = onlyOnce(run);
        if (!preamble.lines().isEmpty()) {
            lines.add(atExit(Preamble.NONE, ""));
            lines.add(TERMINATED_IS_NO_END);
            lines.addAll(preamble.lines());
        }
        return lines;
    }

    /** @param failed what else is done at the end of commands that failed */
    private static String atExit(Preamble preamble, String failed) {
        return "trap 'wakebox_status=$?; " + preamble.atEnd() + KEEP_STATUS + failed + "' EXIT";
    }

    /**
     * SendCommand has no token, so two calls for one attempt may both be accepted. The first script on the instance
     * creates a directory; a second script waits for the first one and ends with its exit code. The directory belongs
     * to the current boot: commands that a reboot interrupted begin again, completed ones don't.
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
     * Runs the commands in one shell up to the first that fails; its exit code counts. Within a command, {@code set -e}
     * ends it at the first line that fails. The script also checks the exit code of each command, because {@code set
     * -e} ignores {@code false && true}.
     *
     * @param run as in {@link #keepGoing}
     * @param preamble as in {@link #keepGoing}
     */
    static List<String> stopAtFirstFailure(String run, Preamble preamble, List<String> commands) {
        var lines = begin(run, preamble);
        lines.addAll(Interpreter.of(commands)
                .map(interpreter -> stopAtFirstFailure(interpreter, preamble, commands))
                .orElseGet(() -> stopAtFirstFailureOfSh(preamble, joined(commands))));
        return lines;
    }

    private static List<String> stopAtFirstFailureOfSh(Preamble preamble, List<String> commands) {
        var lines = new ArrayList<String>();
        lines.add(atExit(
                preamble,
                "; [ \"$wakebox_status\" -eq 0 ] || [ \"$wakebox_status\" -eq " + REBOOT
                        + " ] || echo \"Command $wakebox_command of " + commands.size()
                        + " failed with exit code $wakebox_status.\" >&2"));
        lines.add(TERMINATED_IS_NO_END);
        lines.add("set -e");
        for (int i = 0; i < commands.size(); i++) {
            lines.add("wakebox_command=" + (i + 1));
            lines.add("eval " + quoted(commands.get(i)));
            lines.add(STOP_IF_FAILED);
        }
        return lines;
    }

    /** Runs the commands as one script of another interpreter. */
    private static List<String> stopAtFirstFailure(Interpreter interpreter, Preamble preamble, List<String> commands) {
        var lines = new ArrayList<String>();
        lines.add(atExit(
                preamble,
                "; [ \"$wakebox_status\" -eq 0 ] || [ \"$wakebox_status\" -eq " + REBOOT
                        + " ] || echo \"The commands failed with exit code $wakebox_status.\" >&2"));
        lines.add(TERMINATED_IS_NO_END);
        lines.addAll(ownFile(interpreter.script(commands, true)));
        return lines;
    }

    /** Writes a script to a file and runs it, so that the kernel honours its first line. */
    private static List<String> ownFile(String script) {
        return List.of(
                "wakebox_script=$(mktemp \"$wakebox_run/script.XXXXXX\" 2>/dev/null || mktemp)",
                "printf '%s\\n' " + quoted(script) + " > \"$wakebox_script\"",
                "chmod 700 \"$wakebox_script\"",
                "\"$wakebox_script\"",
                "wakebox_status=$?",
                "rm -f \"$wakebox_script\"",
                "exit \"$wakebox_status\"");
    }

    /**
     * Joins a command that ends with a backslash with the next one, and leaves a blank line in place of the next one.
     */
    private static List<String> joined(List<String> commands) {
        var joined = new ArrayList<>(commands);
        int begin = 0;
        for (int i = 1; i < commands.size(); i++) {
            if (endsWithABackslash(commands.get(i - 1))) {
                joined.set(begin, joined.get(begin) + "\n" + commands.get(i));
                joined.set(i, "");
            } else {
                begin = i;
            }
        }
        return joined;
    }

    private static boolean endsWithABackslash(String command) {
        int at = command.length();
        while (at > 0 && command.charAt(at - 1) == '\\') {
            at--;
        }
        return (command.length() - at) % 2 == 1;
    }

    /** A text as one word of the shell. */
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
