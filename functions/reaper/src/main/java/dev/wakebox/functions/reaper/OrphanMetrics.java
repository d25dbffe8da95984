package dev.wakebox.functions.reaper;

import dev.wakebox.runtime.MetricLine;
import dev.wakebox.runtime.MetricLine.Metric;
import dev.wakebox.runtime.MetricLine.Unit;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Writes the counts of a sweep as a line from which CloudWatch extracts metrics. */
final class OrphanMetrics {
    private OrphanMetrics() {}

    static String line(String stack, RunSweep.Result result, Instant now) {
        return new MetricLine(now)
                .with(
                        Map.of("Stack", stack),
                        List.of(
                                new Metric(
                                        "OrphansFound",
                                        Unit.COUNT,
                                        result.found().size()),
                                new Metric(
                                        "OrphansTerminated",
                                        Unit.COUNT,
                                        result.ended().size())))
                .text();
    }
}
