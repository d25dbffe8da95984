package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.deadletters.DeadLetterQueue;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sqs.SqsClient;

@Command(
        name = "purge",
        description = {
            "Deletes all messages of a dead-letter queue, after a question.",
            "It cannot be undone; SQS takes up to a minute for it."
        })
final class DlqPurgeCommand extends StackCommand {
    @Parameters(paramLabel = "QUEUE", description = "The queue, such as Upload or UploadDeadLetterQueue.")
    String queue = "";

    @Option(names = "--yes", description = "Delete without a question.")
    boolean yes;

    DlqPurgeCommand(Context context) {
        super(context);
    }

    /** What {@code --json} prints. */
    private record Purge(String queue, boolean purged) {}

    @Override
    void prepare() {
        if (asJson && !yes) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, "purge with --json asks no question, and needs --yes.");
        }
    }

    @Override
    int run(Target stack) throws IOException {
        DeadLetterQueue from = StackQueues.deadLetters(stack, queue);
        try (SqsClient sqs = stack.sqs()) {
            if (!yes && !confirmed(stack, from.count(sqs))) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "nothing was deleted, because the answer was not y. --yes asks no question.");
            }
            sqs.purgeQueue(request -> request.queueUrl(from.url()));
        }
        if (asJson) {
            print(new Purge(from.name(), true));
        } else {
            out().println("Deleted the messages of " + from.name() + ".");
        }
        return SUCCEEDED;
    }

    private boolean confirmed(Target stack, DeadLetterQueue.Count count) throws IOException {
        out().print("Delete the messages of " + count.queue() + " (about " + (count.messages() + count.inFlight())
                + ") of the stack " + stack.stack() + " for ever? [y/N] ");
        out().flush();
        String answer = new BufferedReader(new InputStreamReader(context.in(), UTF_8)).readLine();
        if (!context.interactive()) {
            out().println();
        }
        return answer != null && answer.strip().matches("(?i)y|yes");
    }
}
