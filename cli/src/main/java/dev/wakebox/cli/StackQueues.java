package dev.wakebox.cli;

import dev.wakebox.deadletters.DeadLetterQueue;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;

/** The queues of a stack, as CloudFormation lists them. */
final class StackQueues {
    private StackQueues() {}

    /** All dead-letter queues of the stack, by name. */
    static List<DeadLetterQueue> deadLetters(Target stack) {
        return queues(stack).stream()
                .filter(queue -> DeadLetterQueue.isOne(queue.logicalResourceId()))
                .map(StackQueues::queue)
                .toList();
    }

    /**
     * The dead-letter queue of a name, with or without its ending, in any case.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    static DeadLetterQueue deadLetters(Target stack, String name) {
        List<DeadLetterQueue> all = deadLetters(stack);
        return all.stream()
                .filter(queue -> queue.isCalled(name))
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
                .map(StackQueues::queue)
                .findFirst()
                .orElseThrow(() -> missing(
                        name,
                        "queue",
                        all.stream()
                                .map(StackResourceSummary::logicalResourceId)
                                .toList()));
    }

    private static DeadLetterQueue queue(StackResourceSummary queue) {
        return new DeadLetterQueue(queue.logicalResourceId(), queue.physicalResourceId());
    }

    private static List<StackResourceSummary> queues(Target stack) {
        return stack.resources("AWS::SQS::Queue");
    }

    private static WakeboxException missing(String name, String kind, List<String> all) {
        return new WakeboxException(
                ErrorCode.NOT_FOUND,
                "the stack has no " + kind + " \"" + name + "\"; there are: " + String.join(" ", all) + ".");
    }
}
