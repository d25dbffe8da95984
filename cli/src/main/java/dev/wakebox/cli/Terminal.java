package dev.wakebox.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Set;

/**
 * What a terminal adds to the output of a command: colours, and a line of progress below the last one. Where a program reads the
 * output, and with {@code --json}, it adds nothing. Not thread-safe.
 */
final class Terminal {
    private static final Set<String> GOOD = Set.of("SUCCEEDED", "SUCCESS", "DONE", "COMPLETED");
    private static final Set<String> BAD =
            Set.of("FAILED", "FAILURE", "TIMED_OUT", "COST_LIMIT", "INTERRUPTED", "ABORTED", "CANCELLED");
    private static final Set<String> GOING_ON =
            Set.of("RUNNING", "QUEUED", "ACTIVE", "PENDING", "STOPPING", "IN_PROGRESS", "PROCESSING");
    private static final String TO_START_OF_EMPTY_LINE = "\r\u001b[K";
    private static final int BAR = 30;

    private final PrintStream out;
    private final boolean colours;
    private final boolean lines;
    private boolean shown;

    private Terminal(PrintStream out, boolean colours, boolean lines) {
        this.out = out;
        this.colours = colours;
        this.lines = lines;
    }

    /** The terminal of a command, which may print JSON. {@code NO_COLOR} (no-color.org) turns its colours off. */
    static Terminal of(Context context, boolean asJson) {
        boolean lines = context.interactive()
                && !asJson
                && !"dumb".equals(context.environment().get("TERM"));
        boolean colours =
                lines && context.environment().getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(context.out(), colours, lines);
    }

    /** Output without colours and progress. */
    static Terminal plain(PrintStream out) {
        return new Terminal(out, false, false);
    }

    /** A state in its colour: green after success, red after failure, yellow while it goes on. Blanks around it stay. */
    String state(String state) {
        String word = state.strip().toUpperCase(Locale.ROOT);
        if (GOOD.contains(word)) {
            return coloured("32", state);
        }
        if (BAD.contains(word) || word.endsWith("_FAILED")) {
            return coloured("31", state);
        }
        return GOING_ON.contains(word) ? coloured("33", state) : state;
    }

    /** The outcome of a job in its colour. */
    String outcome(String outcome, boolean good) {
        return coloured(good ? "32" : "31", outcome);
    }

    private String coloured(String colour, String text) {
        return colours ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
    }

    /** Shows a line of progress in place of the previous one. */
    void progress(String line) {
        if (lines) {
            out.print(TO_START_OF_EMPTY_LINE + line);
            out.flush();
            shown = true;
        }
    }

    /** Removes the line of progress; call it before anything else is printed. */
    void clear() {
        if (shown) {
            out.print(TO_START_OF_EMPTY_LINE);
            shown = false;
        }
    }

    /** A bar for a share between 0 and 1, with its percentage. */
    static String bar(double share) {
        int full = (int) (BAR * Math.clamp(share, 0, 1));
        return "[" + "#".repeat(full) + "·".repeat(BAR - full) + "] " + Math.round(100 * Math.clamp(share, 0, 1))
                + " %";
    }
}
