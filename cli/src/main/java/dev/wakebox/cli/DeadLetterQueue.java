package dev.wakebox.cli;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * A dead-letter queue of a stack.
 *
 * @param name its name in the template, such as {@code UploadDeadLetterQueue}
 */
record DeadLetterQueue(String name, String url) {
    private static final String ENDING = "DeadLetterQueue";

    /** The number of messages, as SQS estimates it: those that can be received, and those that somebody has just received. */
    @SnakeCase
    record Count(String queue, int messages, int inFlight) {}

    /** All dead-letter queues of the stack, by name. */
    static List<DeadLetterQueue> all(Target stack) {
        return queues(stack).stream()
                .filter(queue -> queue.logicalResourceId().endsWith(ENDING))
                .map(DeadLetterQueue::of)
                .toList();
    }

    /**
     * The dead-letter queue of a name, with or without its ending, in any case.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    static DeadLetterQueue named(Target stack, String name) {
        List<DeadLetterQueue> all = all(stack);
        return all.stream()
                .filter(queue -> name.equalsIgnoreCase(queue.name) || (name + ENDING).equalsIgnoreCase(queue.name))
                .findFirst()
                .orElseThrow(() -> missing(
                        name,
                        "dead-letter queue",
                        all.stream().map(DeadLetterQueue::name).toList()));
    }

    /**
     * Any queue of the stack.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    static DeadLetterQueue destination(Target stack, String name) {
        List<StackResourceSummary> all = queues(stack);
        return all.stream()
                .filter(queue -> name.equalsIgnoreCase(queue.logicalResourceId()))
                .map(DeadLetterQueue::of)
                .findFirst()
                .orElseThrow(() -> missing(
                        name,
                        "queue",
                        all.stream()
                                .map(StackResourceSummary::logicalResourceId)
                                .toList()));
    }

    Count count(SqsClient sqs) {
        Map<QueueAttributeName, String> attributes = sqs.getQueueAttributes(request -> request.queueUrl(url)
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                .attributes();
        return new Count(
                name,
                Integer.parseInt(attributes.getOrDefault(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")),
                Integer.parseInt(
                        attributes.getOrDefault(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "0")));
    }

    String arn(SqsClient sqs) {
        return sqs.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .getOrDefault(QueueAttributeName.QUEUE_ARN, "");
    }

    private static DeadLetterQueue of(StackResourceSummary queue) {
        return new DeadLetterQueue(queue.logicalResourceId(), queue.physicalResourceId());
    }

    private static List<StackResourceSummary> queues(Target stack) {
        return stack.resources("AWS::SQS::Queue");
    }

    private static WakeboxException missing(String name, String kind, List<String> all) {
        return new WakeboxException(
                ErrorCode.NOT_FOUND,
                "the stack has no " + kind + " \"" + name + "\"; there are: "
                        + all.stream().collect(Collectors.joining(" ")) + ".");
    }
}
