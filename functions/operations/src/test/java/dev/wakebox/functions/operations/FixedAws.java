package dev.wakebox.functions.operations;

import dev.wakebox.runtime.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.CloudWatchException;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsResponse;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceLifecycleType;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksRequest;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResponse;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResultEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;
import software.amazon.awssdk.services.sqs.model.StartMessageMoveTaskRequest;
import software.amazon.awssdk.services.sqs.model.StartMessageMoveTaskResponse;

/** AWS as the tests set it. */
final class FixedAws {
    private FixedAws() {}

    /** EC2 with a stopped trainer, a running processor, and a spot instance of the run night-1. */
    static final class Instances implements Ec2Client {
        @Override
        public DescribeInstancesResponse describeInstances(DescribeInstancesRequest request) {
            String id = request.instanceIds().isEmpty()
                    ? "i-run"
                    : request.instanceIds().getFirst();
            var instance = Instance.builder()
                    .instanceId(id)
                    .instanceType("t4g.small")
                    .launchTime(Instant.parse("2026-11-29T12:00:00Z"))
                    .state(state ->
                            state.name(id.equals("i-trainer") ? InstanceStateName.STOPPED : InstanceStateName.RUNNING))
                    .instanceLifecycle(id.equals("i-run") ? InstanceLifecycleType.SPOT : null)
                    .placement(placement -> placement.availabilityZone("eu-west-1a"))
                    .tags(Tag.builder()
                            .key("wakebox:execution")
                            .value("arn:aws:states:eu-west-1:111122223333:execution:wakebox-ec2-run:night-1")
                            .build())
                    .build();
            return DescribeInstancesResponse.builder()
                    .reservations(Reservation.builder().instances(instance).build())
                    .build();
        }

        @Override
        public String serviceName() {
            return "ec2";
        }

        @Override
        public void close() {}
    }

    /** CloudWatch with two alarms of the stack, and one of another. */
    static final class Alarms implements CloudWatchClient {
        boolean fails;

        @Override
        public DescribeAlarmsResponse describeAlarms(DescribeAlarmsRequest request) {
            if (fails) {
                throw CloudWatchException.builder()
                        .statusCode(400)
                        .awsErrorDetails(AwsErrorDetails.builder()
                                .errorCode("Throttling")
                                .build())
                        .build();
            }
            return DescribeAlarmsResponse.builder()
                    .metricAlarms(
                            alarm("wakebox-ReaperDeadLetterAlarm-1A2B", StateValue.OK),
                            alarm("wakebox-StopDeadLetterAlarm-1A2B", StateValue.ALARM),
                            alarm("wakebox-test-StopDeadLetterAlarm-1A2B", StateValue.ALARM))
                    .build();
        }

        private static MetricAlarm alarm(String name, StateValue state) {
            return MetricAlarm.builder()
                    .alarmName(name)
                    .alarmDescription("See docs/operations.md.")
                    .stateValue(state)
                    .build();
        }

        @Override
        public String serviceName() {
            return "monitoring";
        }

        @Override
        public void close() {}
    }

    /** A dead-letter queue. */
    static final class Queue implements SqsClient {
        final List<String> moves = new ArrayList<>();
        int messages;
        String body = "{}";
        boolean refuses;

        @Override
        public GetQueueAttributesResponse getQueueAttributes(GetQueueAttributesRequest request) {
            return GetQueueAttributesResponse.builder()
                    .attributes(Map.of(
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                            Integer.toString(messages),
                            QueueAttributeName.QUEUE_ARN,
                            "arn:aws:sqs:eu-west-1:111122223333:stop-dead"))
                    .build();
        }

        @Override
        public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
            return ReceiveMessageResponse.builder()
                    .messages(Message.builder()
                            .messageId("m-1")
                            .body(body)
                            .attributes(Map.of(
                                    MessageSystemAttributeName.SENT_TIMESTAMP,
                                    "1795348800000",
                                    MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                                    "20"))
                            .build())
                    .build();
        }

        @Override
        public StartMessageMoveTaskResponse startMessageMoveTask(StartMessageMoveTaskRequest request) {
            if (refuses) {
                throw SqsException.builder()
                        .statusCode(400)
                        .awsErrorDetails(AwsErrorDetails.builder()
                                .errorCode("UnsupportedOperation")
                                .errorMessage("There is already a task running.")
                                .build())
                        .build();
            }
            moves.add(request.destinationArn() == null ? "back" : request.destinationArn());
            return StartMessageMoveTaskResponse.builder().build();
        }

        @Override
        public ListMessageMoveTasksResponse listMessageMoveTasks(ListMessageMoveTasksRequest request) {
            return ListMessageMoveTasksResponse.builder()
                    .results(ListMessageMoveTasksResultEntry.builder()
                            .status("RUNNING")
                            .build())
                    .build();
        }

        @Override
        public String serviceName() {
            return "sqs";
        }

        @Override
        public void close() {}
    }

    /** The log of the reaper, a line on each page. */
    static final class Log implements CloudWatchLogsClient {
        final List<String> lines = new ArrayList<>();

        void say(Instant at, String message) {
            lines.add(Json.string(Map.of("timestamp", at.toEpochMilli(), "formattedMessage", message)));
        }

        @Override
        public FilterLogEventsResponse filterLogEvents(FilterLogEventsRequest request) {
            int page = request.nextToken() == null ? 0 : Integer.parseInt(request.nextToken());
            return FilterLogEventsResponse.builder()
                    .events(FilteredLogEvent.builder()
                            .timestamp(1_795_348_800_000L + page)
                            .message(lines.get(page))
                            .build())
                    .nextToken(page + 1 < lines.size() ? Integer.toString(page + 1) : null)
                    .build();
        }

        @Override
        public String serviceName() {
            return "logs";
        }

        @Override
        public void close() {}
    }
}
