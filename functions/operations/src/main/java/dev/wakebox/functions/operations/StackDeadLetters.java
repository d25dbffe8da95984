package dev.wakebox.functions.operations;

import static java.util.Objects.requireNonNull;

import dev.wakebox.deadletters.DeadLetter;
import dev.wakebox.deadletters.DeadLetterQueue;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Shows and moves the dead letters of the stack. Exceptions of the AWS SDK pass through. Thread-safe. */
final class StackDeadLetters {
    private static final Logger log = LoggerFactory.getLogger(StackDeadLetters.class);
    private static final int MOST_SHOWN = 10;
    private static final int LONGEST_BODY = 4_000;

    /**
     * A queue with its last move.
     *
     * @param destinations the names of the queues that its messages can be moved to
     */
    @SnakeCase
    record Details(
            String queue, int messages, int inFlight, Optional<DeadLetterQueue.Move> move, List<String> destinations) {}

    private final SqsClient sqs;
    private final List<DeadLetterQueue> queues;
    private final Map<String, String> destinations;

    /** @param destinations the ARNs of the queues that messages can be moved to, by name */
    StackDeadLetters(SqsClient sqs, List<DeadLetterQueue> queues, Map<String, String> destinations) {
        this.sqs = requireNonNull(sqs, "sqs is null");
        this.queues = List.copyOf(queues);
        this.destinations = Map.copyOf(destinations);
    }

    List<DeadLetterQueue.Count> counts() {
        return queues.stream().map(queue -> queue.count(sqs)).toList();
    }

    /** @throws WakeboxException {@code NOT_FOUND} */
    Details details(String name) {
        DeadLetterQueue queue = queue(name);
        DeadLetterQueue.Count count = queue.count(sqs);
        return new Details(
                queue.name(),
                count.messages(),
                count.inFlight(),
                queue.lastMove(sqs, queue.arn(sqs)),
                destinations.keySet().stream().sorted().toList());
    }

    /**
     * The first messages, which stay in the queue.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    List<DeadLetter> messages(String name) {
        var letters = new ArrayList<DeadLetter>();
        queue(name).peek(sqs, MOST_SHOWN, letter -> letters.add(letter.shortened(LONGEST_BODY)));
        return letters;
    }

    /**
     * Starts to move the messages of a queue.
     *
     * @param to the name of the queue to move to; empty for the one that each message is from
     * @throws WakeboxException {@code NOT_FOUND} for the queue, {@code INVALID_REQUEST} for the destination, {@code CONFLICT} when SQS
     *     refuses, such as while it is already moving messages
     */
    void redrive(String name, Optional<String> to, String by) {
        DeadLetterQueue queue = queue(name);
        Optional<String> destination = to.map(this::arn);
        try {
            queue.redrive(sqs, queue.arn(sqs), destination);
        } catch (AwsServiceException e) {
            if (e.statusCode() >= 500 || e.statusCode() == 403 || e.isThrottlingException()) {
                throw e;
            }
            throw new WakeboxException(
                    ErrorCode.CONFLICT,
                    "SQS does not move the messages of " + queue.name() + ": "
                            + (e.awsErrorDetails() == null
                                    ? "HTTP " + e.statusCode()
                                    : e.awsErrorDetails().errorMessage()),
                    e);
        }
        log.info("{} moves the messages of {} to {}.", by, queue.name(), to.orElse("the queues that they are from"));
    }

    private String arn(String destination) {
        String arn = destinations.get(destination);
        if (arn == null) {
            throw WakeboxException.invalidField(
                    "to",
                    "to must be one of "
                            + destinations.keySet().stream().sorted().toList()
                            + ", or absent for the queue that each message is from.");
        }
        return arn;
    }

    private DeadLetterQueue queue(String name) {
        return queues.stream()
                .filter(queue -> queue.isCalled(name))
                .findFirst()
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.NOT_FOUND, "The stack has no dead-letter queue \"" + name + "\"."));
    }
}
