package dev.wakebox.functions.reaper;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Writes the counts of a sweep as a line from which CloudWatch extracts metrics.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">
 *     Embedded Metric Format</a>
 */
final class OrphanMetrics {
    private OrphanMetrics() {}

    static String line(String stack, RunSweep.Result result, Instant now) {
        return Json.string(JsonObject.of(
                        "_aws",
                        Map.of(
                                "Timestamp",
                                now.toEpochMilli(),
                                "CloudWatchMetrics",
                                List.of(Map.of(
                                        "Namespace", "Wakebox",
                                        "Dimensions", List.of(List.of("Stack")),
                                        "Metrics", List.of(count("OrphansFound"), count("OrphansTerminated"))))))
                .with("Stack", stack)
                .with("OrphansFound", result.found().size())
                .with("OrphansTerminated", result.ended().size()));
    }

    private static Map<String, String> count(String name) {
        return Map.of("Name", name, "Unit", "Count");
    }
}
