package dev.wakebox.cli;

import dev.wakebox.deadletters.DeadLetterQueue;
import java.util.List;
import picocli.CommandLine.Command;
import software.amazon.awssdk.services.sqs.SqsClient;

@Command(
        name = "dlq",
        description = {
            "Lists the dead-letter queues with the number of their messages. docs/operations.md says what to do about them.",
            "The commands show, redrive and purge act on one queue."
        })
final class DlqCommand extends StackCommand {
    DlqCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack) {
        try (SqsClient sqs = stack.sqs()) {
            List<DeadLetterQueue.Count> counts = StackQueues.deadLetters(stack).stream()
                    .map(queue -> queue.count(sqs))
                    .toList();
            if (asJson) {
                print(counts);
                return SUCCEEDED;
            }
            if (counts.isEmpty()) {
                out().println("The stack has no dead-letter queue.");
            }
            counts.forEach(count -> out().printf(
                            "%-30s  %6d%s%n",
                            count.queue(),
                            count.messages(),
                            count.inFlight() == 0 ? "" : "  (and " + count.inFlight() + " in flight)"));
        }
        return SUCCEEDED;
    }
}
