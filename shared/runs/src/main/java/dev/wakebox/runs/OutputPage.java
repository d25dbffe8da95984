package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A part of what the commands of a run wrote.
 *
 * @param lines by time; may be empty although more lines follow
 * @param next the position after these lines, for {@link OutputReader#read}: an opaque text of URL-safe characters
 * @param end whether these are all lines that there are now
 */
public record OutputPage(List<OutputLine> lines, String next, boolean end) {
    public OutputPage {
        lines = List.copyOf(lines);
        requireNonNull(next, "next is null");
    }
}
