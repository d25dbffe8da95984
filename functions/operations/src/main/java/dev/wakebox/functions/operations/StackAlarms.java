package dev.wakebox.functions.operations;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;

/** Reads the alarms of a stack. Exceptions of the AWS SDK pass through. Thread-safe. */
final class StackAlarms {
    private static final int MOST = 100;

    private final CloudWatchClient cloudWatch;
    private final String stack;
    /** CloudFormation's name for an alarm. Another stack's name may begin with this one's, but then the rest has a hyphen more. */
    private final Pattern ours;

    StackAlarms(CloudWatchClient cloudWatch, String stack) {
        this.cloudWatch = requireNonNull(cloudWatch, "cloudWatch is null");
        this.stack = requireNonNull(stack, "stack is null");
        this.ours = Pattern.compile(Pattern.quote(stack) + "-([A-Za-z0-9]+Alarm)-[A-Za-z0-9]+");
    }

    /** The alarms, those that ring first. */
    List<StackAlarm> all() {
        List<MetricAlarm> all = cloudWatch
                .describeAlarms(request -> request.alarmNamePrefix(stack + "-")
                        .alarmTypes(AlarmType.METRIC_ALARM)
                        .maxRecords(MOST))
                .metricAlarms();
        List<StackAlarm> alarms =
                all.stream().flatMap(alarm -> ours(alarm).stream()).toList();
        return Stream.concat(
                        alarms.stream().filter(StackAlarms::rings),
                        alarms.stream().filter(alarm -> !rings(alarm)))
                .toList();
    }

    private Optional<StackAlarm> ours(MetricAlarm alarm) {
        Matcher name = ours.matcher(alarm.alarmName());
        return name.matches()
                ? Optional.of(new StackAlarm(
                        name.group(1),
                        alarm.alarmName(),
                        alarm.stateValueAsString(),
                        Optional.ofNullable(alarm.alarmDescription()).orElse(""),
                        Optional.ofNullable(alarm.stateUpdatedTimestamp())))
                : Optional.empty();
    }

    private static boolean rings(StackAlarm alarm) {
        return alarm.state().equals("ALARM");
    }
}
