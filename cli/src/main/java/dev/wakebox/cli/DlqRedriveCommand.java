package dev.wakebox.cli;

import dev.wakebox.deadletters.DeadLetterQueue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sqs.SqsClient;

@Command(
        name = "redrive",
        description = {
            "Moves the messages of a dead-letter queue back to the queue that they are from, and waits for the end.",
            "Correct the cause first: a message that fails again comes back. Messages of EventBridge, SNS and Lambda have no"
                    + " queue that they are from; --to names one."
        })
final class DlqRedriveCommand extends StackCommand {
    @Parameters(paramLabel = "QUEUE", description = "The dead-letter queue, such as Upload or UploadDeadLetterQueue.")
    String queue = "";

    @Option(names = "--to", paramLabel = "QUEUE", description = "The queue to move to, such as UploadQueue.")
    @Nullable
    String to;

    @Option(names = "--no-wait", description = "Only start to move.")
    boolean startOnly;

    DlqRedriveCommand(Context context) {
        super(context);
    }

    /** What {@code --json} prints. */
    private record Redrive(String queue, String status, long moved, String reason) {}

    @Override
    int run(Target stack) throws InterruptedException {
        DeadLetterQueue from = StackQueues.deadLetters(stack, queue);
        Terminal terminal = terminal();
        try (SqsClient sqs = stack.sqs()) {
            String arn = from.arn(sqs);
            from.redrive(sqs, arn, Optional.ofNullable(to).map(name -> StackQueues.destination(stack, name)
                    .arn(sqs)));
            Redrive redrive = startOnly ? new Redrive(from.name(), "RUNNING", 0, "") : await(sqs, from, arn, terminal);
            end(redrive, terminal);
            return redrive.status.equals("FAILED") ? JOB_FAILED : SUCCEEDED;
        }
    }

    private static Redrive await(SqsClient sqs, DeadLetterQueue from, String arn, Terminal terminal)
            throws InterruptedException {
        var polling = new Polling();
        while (true) {
            DeadLetterQueue.Move move = from.lastMove(sqs, arn).orElseThrow();
            if (!move.running()) {
                terminal.clear();
                return new Redrive(from.name(), move.status(), move.moved(), move.reason());
            }
            double share = move.toMove()
                    .filter(all -> all > 0)
                    .map(all -> (double) move.moved() / all)
                    .orElse(0.0);
            terminal.progress(Terminal.bar(share) + "  " + move.moved() + " moved");
            polling.pause();
        }
    }

    private void end(Redrive redrive, Terminal terminal) {
        if (asJson) {
            print(redrive);
        } else if (startOnly) {
            out().println("Started to move the messages of " + redrive.queue + ".");
        } else {
            out().println(terminal.state(redrive.status) + "  messages of " + redrive.queue + " moved: " + redrive.moved
                    + (redrive.reason.isEmpty() ? "" : "; " + redrive.reason));
        }
    }
}
