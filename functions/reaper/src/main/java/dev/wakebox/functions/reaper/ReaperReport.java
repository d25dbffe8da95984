package dev.wakebox.functions.reaper;

import dev.wakebox.runtime.SnakeCase;
import java.util.List;
import java.util.Optional;

/**
 * What the reaper did: its answer to an event.
 *
 * @param orphansFound ids; empty when it didn't check the runs
 * @param action on the training instance; empty when it didn't check the training server
 */
@SnakeCase
record ReaperReport(
        Optional<List<String>> orphansFound,
        Optional<List<String>> orphansEnded,
        Optional<String> action,
        Optional<String> reason) {
    static final ReaperReport NOTHING_WATCHED =
            new ReaperReport(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    static ReaperReport of(RunSweep.Result result) {
        return new ReaperReport(
                Optional.of(ids(result.found())), Optional.of(ids(result.ended())), Optional.empty(), Optional.empty());
    }

    static ReaperReport of(Action action) {
        return new ReaperReport(
                Optional.empty(), Optional.empty(), Optional.of(action.word()), Optional.of(action.reason()));
    }

    /** This report about the runs with another one about the training server. */
    ReaperReport and(ReaperReport server) {
        return new ReaperReport(orphansFound, orphansEnded, server.action, server.reason);
    }

    private static List<String> ids(List<RunSweep.Orphan> orphans) {
        return orphans.stream().map(RunSweep.Orphan::id).toList();
    }
}
