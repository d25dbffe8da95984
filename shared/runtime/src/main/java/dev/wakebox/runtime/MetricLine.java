package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of a function's log from which CloudWatch makes metrics of the namespace {@code Wakebox}. No call of AWS and no
 * permission is needed. Not thread-safe.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">
 *     Embedded Metric Format</a>
 */
public final class MetricLine {
    private static final String NAMESPACE = "Wakebox";

    private final Instant at;
    private final List<JsonObject> directives = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** The units of CloudWatch that Wakebox uses. */
    public enum Unit {
        COUNT("Count"),
        SECONDS("Seconds"),
        /** CloudWatch knows no currencies. */
        NONE("None");

        private final String awsName;

        Unit(String awsName) {
            this.awsName = awsName;
        }
    }

    /** A value of a metric. */
    public record Metric(String name, Unit unit, Number value) {
        public Metric {
            requireNonNull(name, "name is null");
            requireNonNull(unit, "unit is null");
            requireNonNull(value, "value is null");
        }
    }

    /** @param at the time of the metrics */
    public MetricLine(Instant at) {
        this.at = requireNonNull(at, "at is null");
    }

    /**
     * Adds metrics that have the same dimensions.
     *
     * @param dimensions names and values; CloudWatch bills each combination of values as a metric of its own
     */
    public MetricLine with(Map<String, String> dimensions, List<Metric> metrics) {
        values.putAll(dimensions);
        metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        directives.add(JsonObject.of("Namespace", NAMESPACE)
                .with("Dimensions", List.of(List.copyOf(dimensions.keySet())))
                .with(
                        "Metrics",
                        metrics.stream()
                                .map(metric ->
                                        JsonObject.of("Name", metric.name()).with("Unit", metric.unit().awsName))
                                .toList()));
        return this;
    }

    /** Adds a value that is no metric, to find the line by. */
    public MetricLine with(String name, String text) {
        values.put(name, text);
        return this;
    }

    /** The line, without a line break. */
    public String text() {
        return Json.string(JsonObject.of(
                        "_aws",
                        JsonObject.of("Timestamp", at.toEpochMilli())
                                .with("CloudWatchMetrics", List.copyOf(directives)))
                .withAll(values));
    }

    /**
     * Writes a line to the log as it is: CloudWatch ignores metrics with anything before or after the JSON, such as a logger writes. During
     * priming nothing is written.
     */
    public static void print(String line) {
        if (Rehearsal.current().isEmpty()) {
            System.out.println(line);
        }
    }
}
