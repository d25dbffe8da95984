package dev.wakebox.functions.commander;

import java.util.ArrayList;
import java.util.List;

/** The shell script that an execution's commands become. */
final class Script {
    private static final String STOP_IF_FAILED =
            "wakebox_status=$?; [ \"$wakebox_status\" -eq 0 ] || exit \"$wakebox_status\"";

    private static final String KEEP_STATUS =
            "{ echo \"$wakebox_status\" > \"$wakebox_run/status\" && mv \"$wakebox_run/status\" \"$wakebox_run/exit_code\"; } 2>/dev/null || :";

    private Script() {}

    /** One command after the other in one shell, whatever each answers; the last one's exit code counts. */
    static List<String> keepGoing(String label, List<String> commands) {
        var lines = onlyOnce(label);
        lines.add("trap 'wakebox_status=$?; " + KEEP_STATUS + "' EXIT");
        lines.addAll(commands);
        return lines;
    }

    /**
     * SendCommand has no token, so two calls for one attempt may both be accepted. The script that is first on the
     * instance makes the directory of the attempt; another one waits for the first and ends as that did.
     */
    private static List<String> onlyOnce(String label) {
        var lines = new ArrayList<String>();
        lines.add("wakebox_run=\"${HOME:-/root}/.wakebox/\"" + quoted(label));
        lines.add("mkdir -p \"${wakebox_run%/*}\" 2>/dev/null");
        lines.add("if ! mkdir \"$wakebox_run\" 2>/dev/null && [ -d \"$wakebox_run\" ]; then");
        lines.add("echo 'These commands were sent twice: their output is with the command that came first.' >&2");
        lines.add("while [ ! -e \"$wakebox_run/exit_code\" ]; do sleep 2; done");
        lines.add("exit \"$(cat \"$wakebox_run/exit_code\")\"");
        lines.add("fi");
        return lines;
    }

    /**
     * One command after the other in one shell, up to the first that fails; its exit code counts. Within a command the
     * first line that fails ends it ({@code set -e}); its own exit code is looked at besides, because {@code set -e}
     * overlooks {@code false && true}.
     */
    static List<String> stopAtFirstFailure(String label, List<String> commands) {
        var lines = onlyOnce(label);
        lines.add("trap 'wakebox_status=$?; " + KEEP_STATUS
                + "; [ \"$wakebox_status\" -eq 0 ] || echo \"Command $wakebox_command of " + commands.size()
                + " failed with exit code $wakebox_status.\" >&2' EXIT");
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
