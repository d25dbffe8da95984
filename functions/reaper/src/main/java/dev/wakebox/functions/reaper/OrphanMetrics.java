package dev.wakebox.functions.reaper;

import dev.wakebox.runtime.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts of a sweep as a line that CloudWatch makes metrics of.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">
 *     Embedded Metric Format</a>
 */
final class OrphanMetrics {
    private OrphanMetrics() {}

    static String line(String stack, RunSweep.Result result, Instant now) {
        var line = new LinkedHashMap<String, @Nullable Object>();
        line.put(
                "_aws",
                Map.of(
                        "Timestamp",
                        now.toEpochMilli(),
                        "CloudWatchMetrics",
                        List.of(Map.of(
                                "Namespace", "Wakebox",
                                "Dimensions", List.of(List.of("Stack")),
                                "Metrics", List.of(count("OrphansFound"), count("OrphansTerminated"))))));
        line.put("Stack", stack);
        line.put("OrphansFound", result.found().size());
        line.put("OrphansTerminated", result.ended().size());
        return Json.string(line);
    }

    private static Map<String, String> count(String name) {
        return Map.of("Name", name, "Unit", "Count");
    }
}
