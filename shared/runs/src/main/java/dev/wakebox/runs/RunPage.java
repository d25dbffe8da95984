package dev.wakebox.runs;

import dev.wakebox.runtime.SnakeCase;
import java.util.List;
import java.util.Optional;

/**
 * A part of the list of runs, newest first.
 *
 * @param next token of the following page; empty on the last one. Step Functions accepts it for 24 hours
 */
@SnakeCase
public record RunPage(List<RunSummary> runs, Optional<String> next) {
    public RunPage {
        runs = List.copyOf(runs);
    }
}
