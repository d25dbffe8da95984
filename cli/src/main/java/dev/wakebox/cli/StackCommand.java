package dev.wakebox.cli;

import dev.wakebox.compute.execution.RunArray;
import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/** A command that acts on a stack. */
abstract class StackCommand implements Callable<Integer> {
    static final int SUCCEEDED = 0;
    static final int JOB_FAILED = 1;
    static final int COULD_NOT_ASK = 3;

    final Context context;
    private boolean local;

    @Mixin
    TargetOptions target = new TargetOptions();

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean asJson;

    StackCommand(Context context) {
        this.context = context;
    }

    @Override
    public final Integer call() throws IOException, InterruptedException {
        prepare();
        local = Target.isLocal(target, context);
        return run(Target.of(target, context));
    }

    /** Reads and checks the input, before AWS is asked anything. */
    void prepare() throws IOException {}

    /** @throws WakeboxException {@code INVALID_REQUEST} for a number below 1 */
    static void requirePositive(String option, int number) {
        if (number < 1) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, option + " needs a number of 1 or more, not " + number + ".");
        }
    }

    /** Runs the command and returns its exit code. */
    abstract int run(Target stack) throws IOException, InterruptedException;

    /** Whether the command acts on the local application. */
    final boolean isLocal() {
        return local;
    }

    final PrintStream out() {
        return context.out();
    }

    final Terminal terminal() {
        return Terminal.of(context, asJson);
    }

    /** Submits the document of a run or of an array under a name, prints that, and returns the execution's ARN. */
    final String submit(Runs runs, RunArrays arrays, String name, ExecutionDocument document) {
        String execution = RunArray.isOne(document.document())
                ? arrays.submit(name, document.json())
                : runs.submit(name, document.json());
        if (asJson) {
            print(new Submission(name, execution));
        } else {
            out().println("Submitted " + name);
        }
        return execution;
    }

    /** Prints what a run or an array does until it has ended, and returns the exit code. */
    final int follow(Target stack, Runs runs, RunArrays arrays, String execution) throws InterruptedException {
        if (arrays.isArn(execution)) {
            return new ArrayFollower(arrays, out(), context.clock(), terminal())
                            .follow(execution)
                            .hasSucceeded()
                    ? SUCCEEDED
                    : JOB_FAILED;
        }
        try (CloudWatchLogsClient logs = stack.logs()) {
            return new RunFollower(runs, logs, out(), context.clock(), terminal())
                            .follow(execution)
                            .succeeded()
                    ? SUCCEEDED
                    : JOB_FAILED;
        }
    }

    final void print(Object json) {
        out().println(Json.string(json));
    }
}
