package dev.wakebox.cli;

import dev.wakebox.deadletters.DeadLetter;
import dev.wakebox.deadletters.DeadLetterQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sqs.SqsClient;

@Command(
        name = "show",
        description = {
            "Shows messages of a dead-letter queue, which stay there. Others can receive them five seconds later.",
            "A token in a message is left out."
        })
final class DlqShowCommand extends StackCommand {
    @Parameters(paramLabel = "QUEUE", description = "The queue, such as Upload or UploadDeadLetterQueue.")
    String queue = "";

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "10",
            description = "At most so many. Default: ${DEFAULT-VALUE}.")
    int limit;

    DlqShowCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() {
        requirePositive("--limit", limit);
    }

    @Override
    int run(Target stack) {
        DeadLetterQueue from = StackQueues.deadLetters(stack, queue);
        try (SqsClient sqs = stack.sqs()) {
            if (from.peek(sqs, limit, this::show) == 0 && !asJson) {
                out().println("There is no message in " + from.name() + ".");
            }
        }
        return SUCCEEDED;
    }

    private void show(DeadLetter letter) {
        if (asJson) {
            print(letter);
            return;
        }
        out().printf("%s  sent %s, received %d times%n", letter.id(), letter.sent(), letter.received());
        letter.attributes().forEach((name, value) -> out().printf("    %s: %s%n", name, value));
        out().printf("    %s%n", letter.body());
    }
}
