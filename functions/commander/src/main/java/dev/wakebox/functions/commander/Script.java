package dev.wakebox.functions.commander;

import java.util.ArrayList;
import java.util.List;

/** The shell script that an execution's commands become. */
final class Script {
    private static final String STOP_IF_FAILED =
            "wakebox_status=$?; [ \"$wakebox_status\" -eq 0 ] || exit \"$wakebox_status\"";

    private Script() {}

    /** One command after the other in one shell, whatever each answers; the last one's exit code counts. */
    static List<String> keepGoing(List<String> commands) {
        return commands;
    }

    /**
     * One command after the other in one shell, up to the first that fails; its exit code counts. Within a command the
     * first line that fails ends it ({@code set -e}); its own exit code is looked at besides, because {@code set -e}
     * overlooks {@code false && true}.
     */
    static List<String> stopAtFirstFailure(List<String> commands) {
        var lines = new ArrayList<String>();
        lines.add("trap 'wakebox_status=$?; [ \"$wakebox_status\" -eq 0 ] || echo \"Command $wakebox_command of "
                + commands.size() + " failed with exit code $wakebox_status.\" >&2' EXIT");
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
