package dev.wakebox.deadletters;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.SnakeCase;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResultEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * A dead-letter queue of a stack, with what an operator does to it. Exceptions of the AWS SDK pass through.
 *
 * @param name its name in the template, such as {@code UploadDeadLetterQueue}
 */
public record DeadLetterQueue(String name, String url) {
    private static final String ENDING = "DeadLetterQueue";
    private static final int MOST_PER_CALL = 10;
    private static final int HIDDEN_SECONDS = 5;

    public DeadLetterQueue {
        requireNonNull(name, "name is null");
        requireNonNull(url, "url is null");
    }

    /** The number of messages, as SQS estimates it: those that can be received, and those that somebody has just received. */
    @SnakeCase
    public record Count(String queue, int messages, int inFlight) {}

    /**
     * The last move of messages out of the queue.
     *
     * @param status such as {@code RUNNING}, {@code COMPLETED} or {@code FAILED}
     * @param moved as SQS estimates it
     * @param toMove as SQS estimates it; absent if it doesn't say
     * @param reason why it failed; otherwise empty
     */
    @SnakeCase
    public record Move(String status, long moved, Optional<Long> toMove, String reason, Optional<Instant> startedAt) {
        /** Whether SQS is still moving messages. */
        public boolean running() {
            return status.equals("RUNNING");
        }
    }

    /** Whether the name of a queue in the template is that of a dead-letter queue. */
    public static boolean isOne(String name) {
        return name.endsWith(ENDING);
    }

    /** Whether this queue is meant: by its name with or without its ending, in any case. */
    public boolean isCalled(String given) {
        return given.equalsIgnoreCase(name) || (given + ENDING).equalsIgnoreCase(name);
    }

    public Count count(SqsClient sqs) {
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

    public String arn(SqsClient sqs) {
        return sqs.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .getOrDefault(QueueAttributeName.QUEUE_ARN, "");
    }

    /**
     * Shows messages, which stay in the queue. Others can receive them five seconds later.
     *
     * @param limit at most so many
     * @return how many were shown
     */
    public int peek(SqsClient sqs, int limit, Consumer<DeadLetter> shown) {
        Set<String> ids = new HashSet<>();
        boolean more = true;
        while (more && ids.size() < limit) {
            more = false;
            int most = Math.min(MOST_PER_CALL, limit - ids.size());
            for (Message message : sqs.receiveMessage(request -> request.queueUrl(url)
                            .maxNumberOfMessages(most)
                            .visibilityTimeout(HIDDEN_SECONDS)
                            .waitTimeSeconds(1)
                            .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
                            .messageAttributeNames("All"))
                    .messages()) {
                if (ids.add(message.messageId())) {
                    more = true;
                    shown.accept(letter(message));
                }
            }
        }
        return ids.size();
    }

    /**
     * Starts to move the messages.
     *
     * @param destination the ARN of the queue to move to; empty for the queue that each message is from
     */
    public void redrive(SqsClient sqs, String arn, Optional<String> destination) {
        sqs.startMessageMoveTask(request -> {
            request.sourceArn(arn);
            destination.ifPresent(request::destinationArn);
        });
    }

    /** The newest move of messages out of the queue with this ARN; empty if there was none lately. */
    public Optional<Move> lastMove(SqsClient sqs, String arn) {
        return sqs.listMessageMoveTasks(request -> request.sourceArn(arn)).results().stream()
                .findFirst()
                .map(DeadLetterQueue::move);
    }

    private static Move move(ListMessageMoveTasksResultEntry task) {
        return new Move(
                task.status(),
                Optional.ofNullable(task.approximateNumberOfMessagesMoved()).orElse(0L),
                Optional.ofNullable(task.approximateNumberOfMessagesToMove()),
                Optional.ofNullable(task.failureReason()).orElse(""),
                Optional.ofNullable(task.startedTimestamp()).map(Instant::ofEpochMilli));
    }

    private static DeadLetter letter(Message message) {
        var attributes = new TreeMap<String, String>();
        message.messageAttributes()
                .forEach((name, value) -> attributes.put(
                        name,
                        value.stringValue() == null
                                ? value.dataType()
                                : DeadLetter.withoutSecrets(value.stringValue())));
        return new DeadLetter(
                message.messageId(),
                Instant.ofEpochMilli(Long.parseLong(attribute(message, MessageSystemAttributeName.SENT_TIMESTAMP))),
                Integer.parseInt(attribute(message, MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT)),
                attributes,
                DeadLetter.withoutSecrets(message.body()));
    }

    private static String attribute(Message message, MessageSystemAttributeName name) {
        return message.attributes().getOrDefault(name, "0");
    }
}
