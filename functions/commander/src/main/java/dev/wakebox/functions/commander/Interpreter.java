package dev.wakebox.functions.commander;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The interpreter in the first line of the commands ({@code #!/bin/bash}). Systems Manager's agent writes the commands
 * to one file and runs it, so the kernel starts that interpreter with the whole file.
 *
 * @param shell whether it is a shell that supports {@code set -e}
 */
record Interpreter(boolean shell) {
    private static final String MARK = "#!";
    private static final Set<String> SHELLS = Set.of("ash", "bash", "dash", "ksh", "ksh93", "mksh", "sh", "zsh");

    /** The interpreter, if the first line of the first command names one. */
    static Optional<Interpreter> of(List<String> commands) {
        String first = commands.getFirst().lines().findFirst().orElse("");
        return first.startsWith(MARK) ? Optional.of(new Interpreter(isShell(first))) : Optional.empty();
    }

    /** The content of the file: each command is one line. */
    String script(List<String> commands, boolean stopAtFirstFailure) {
        String lines = String.join("\n", commands);
        if (!shell || !stopAtFirstFailure) {
            return lines;
        }
        // before the second line, so that line numbers in the shell's messages match the commands
        int second = lines.indexOf('\n') + 1;
        return second == 0 ? lines : lines.substring(0, second) + "set -e; " + lines.substring(second);
    }

    private static boolean isShell(String line) {
        for (String word : line.substring(MARK.length()).trim().split(" +", 5)) {
            String name = word.substring(word.lastIndexOf('/') + 1);
            if (SHELLS.contains(name)) {
                return true;
            }
            if (!name.equals("env") && !word.startsWith("-")) {
                return false;
            }
        }
        return false;
    }
}
