package dev.wakebox.functions.commander;

import java.util.List;

/**
 * What a script does before the commands and after them.
 *
 * @param lines run before the first command; a failure among them ends the script
 * @param atEnd shell commands, each followed by {@code ;}, that run when the script ends, with {@code $wakebox_status}
 */
record Preamble(List<String> lines, String atEnd) {
    /** Nothing. */
    static final Preamble NONE = new Preamble(List.of(), "");

    Preamble {
        lines = List.copyOf(lines);
    }
}
