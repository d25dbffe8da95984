package dev.wakebox.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResultEntry;

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
        DeadLetterQueue from = DeadLetterQueue.named(stack, queue);
        Terminal terminal = terminal();
        try (SqsClient sqs = stack.sqs()) {
            String arn = from.arn(sqs);
            String destination =
                    to == null ? null : DeadLetterQueue.destination(stack, to).arn(sqs);
            sqs.startMessageMoveTask(request -> request.sourceArn(arn).destinationArn(destination));
            Redrive redrive = startOnly ? new Redrive(from.name(), "RUNNING", 0, "") : await(sqs, from, arn, terminal);
            end(redrive, terminal);
            return redrive.status.equals("FAILED") ? JOB_FAILED : SUCCEEDED;
        }
    }

    private static Redrive await(SqsClient sqs, DeadLetterQueue from, String arn, Terminal terminal)
            throws InterruptedException {
        var polling = new Polling();
        while (true) {
            // The newest one.
            ListMessageMoveTasksResultEntry task = sqs.listMessageMoveTasks(request -> request.sourceArn(arn))
                    .results()
                    .getFirst();
            long moved = task.approximateNumberOfMessagesMoved() == null ? 0 : task.approximateNumberOfMessagesMoved();
            Long all = task.approximateNumberOfMessagesToMove();
            if (!task.status().equals("RUNNING")) {
                terminal.clear();
                return new Redrive(
                        from.name(), task.status(), moved, task.failureReason() == null ? "" : task.failureReason());
            }
            terminal.progress(
                    Terminal.bar(all == null || all == 0 ? 0 : (double) moved / all) + "  " + moved + " moved");
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
