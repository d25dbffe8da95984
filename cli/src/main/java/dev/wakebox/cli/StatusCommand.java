package dev.wakebox.cli;

import dev.wakebox.compute.launch.BilledInstance;
import dev.wakebox.compute.launch.BilledInstances;
import dev.wakebox.deadletters.DeadLetterQueue;
import dev.wakebox.runs.RunSummary;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.WaitingTraining;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sqs.SqsClient;

@Command(
        name = "status",
        description =
                "Shows what a stack is doing: training server, processing instance, running runs and instances, dead letters.")
final class StatusCommand extends StackCommand {
    /** The environment variable with the local stand-in of the video-analysis platform, which the script sets. */
    private static final String LOCAL_PLATFORM = "WAKEBOX_LOCAL_PLATFORM";

    private static final int MOST_RUNS = 100;

    StatusCommand(Context context) {
        super(context);
    }

    /**
     * The training server; {@code run} is null while it sleeps.
     *
     * @param waiting the tokens of the trainings in its queue
     */
    private record Training(
            String status,
            @Nullable String run,
            @Nullable Instant since,
            String instance,
            String state,
            List<String> waiting) {}

    /** The instance that processes uploads. */
    private record Processing(String instance, String state) {}

    /** An instance of a run, which is billed. */
    private record OfRun(String instance, String type, String state, Instant launched, String run) {}

    /** What {@code --json} prints; what the stack doesn't have is left out. */
    @SnakeCase
    private record Status(
            String stack,
            Optional<String> api,
            Optional<Training> training,
            Optional<Processing> processing,
            List<RunSummary> runs,
            List<OfRun> instances,
            List<DeadLetterQueue.Count> deadLetters) {}

    @Override
    int run(Target stack) {
        Status status = read(stack);
        if (asJson) {
            print(status);
        } else {
            text(stack, status);
        }
        return SUCCEEDED;
    }

    private Status read(Target stack) {
        try (Ec2Client ec2 = stack.ec2();
                S3Client s3 = stack.s3();
                SfnClient stepFunctions = stack.stepFunctions();
                SqsClient sqs = stack.sqs()) {
            var instances = new BilledInstances(ec2);
            boolean runs = stack.outputs().containsKey("EC2RunStateMachineArn");
            return new Status(
                    stack.stack(),
                    Optional.ofNullable(stack.outputs().get("ApiUrl")),
                    Optional.ofNullable(stack.outputs().get("TrainingInstanceId"))
                            .map(id -> training(new TrainingServer(stack, s3, ec2), id, state(instances, id))),
                    Optional.ofNullable(stack.outputs().get("ProcessingInstanceId"))
                            .map(id -> new Processing(id, state(instances, id))),
                    runs
                            ? stack.runs(stepFunctions)
                                    .list(Optional.of("RUNNING"), MOST_RUNS, Optional.empty())
                                    .runs()
                            : List.of(),
                    runs
                            ? instances.ofRuns(stack.stack()).stream()
                                    .map(StatusCommand::ofRun)
                                    .toList()
                            : List.of(),
                    StackQueues.deadLetters(stack).stream()
                            .map(queue -> queue.count(sqs))
                            .filter(count -> count.messages() + count.inFlight() > 0)
                            .toList());
        }
    }

    private static Training training(TrainingServer server, String instance, String state) {
        try {
            ServerStatus status = server.status();
            return new Training(
                    status.state().word(),
                    status.active() ? status.token() : null,
                    status.active() ? status.since() : null,
                    instance,
                    state,
                    status.waiting().stream().map(WaitingTraining::token).toList());
        } catch (S3Exception e) {
            if (e.statusCode() != 403) {
                throw e;
            }
            // S3's answer also when there is no status.json yet, to a user who may not list the bucket.
            return new Training("unknown", null, null, instance, state, List.of());
        }
    }

    private static String state(BilledInstances instances, String id) {
        return instances.find(id).map(BilledInstance::state).orElse("missing");
    }

    private static OfRun ofRun(BilledInstance instance) {
        return new OfRun(instance.id(), instance.type(), instance.state(), instance.launchedAt(), instance.run());
    }

    private void text(Target stack, Status status) {
        Instant now = context.clock().instant();
        Terminal terminal = terminal();
        var facts = new LinkedHashMap<String, String>();
        facts.put("Stack", status.stack + " in " + stack.region());
        String localApi = context.environment().get(StackApi.LOCAL_API);
        if (stack.local(context)) {
            facts.put("HTTP API", String.valueOf(localApi));
            stack.endpoint().ifPresent(endpoint -> facts.put("AWS endpoint", endpoint.toString()));
        } else {
            status.api.ifPresent(api -> facts.put("HTTP API", api));
        }
        Optional.ofNullable(stack.outputs().get("DataBucketName"))
                .ifPresent(bucket -> facts.put("Data bucket", bucket));
        status.training.ifPresent(training -> facts.put("Training server", text(training, terminal, now)));
        status.processing.ifPresent(processing ->
                facts.put("Processing", "instance " + processing.instance + " is " + terminal.state(processing.state)));
        String platform = context.environment().get(LOCAL_PLATFORM);
        if (stack.local(context) && platform != null) {
            facts.put("Platform", platform + " (a stand-in; docs/webhook-egress.md)");
        }
        facts.put("Runs", status.runs.isEmpty() ? "none is running" : status.runs.size() + " running");
        facts.forEach((name, value) -> out().printf("%-15s  %s%n", name, value));
        status.runs.forEach(run -> out().printf(
                        "%17s%s  %s  %s%n",
                        "", terminal.state(run.status()), Durations.text(run.duration(now)), run.name()));
        status.instances.forEach(instance -> out().printf(
                        "%17s%s  %s  %s  %s%n",
                        "",
                        terminal.state(instance.state),
                        Durations.text(Duration.between(instance.launched, now)),
                        instance.instance + " (" + instance.type + ")",
                        instance.run));
        for (DeadLetterQueue.Count count : status.deadLetters) {
            out().printf("%-15s  %d in %s%n", "Dead letters", count.messages() + count.inFlight(), count.queue());
        }
    }

    private static String text(Training training, Terminal terminal, Instant now) {
        String since = training.since == null ? "" : " for " + Durations.text(Duration.between(training.since, now));
        return terminal.state(training.status) + since
                + (training.run == null ? "" : ", run " + training.run)
                + (training.status.equals("unknown") ? " (no run yet, or status.json may not be read)" : "")
                + "; instance " + training.instance + " is " + terminal.state(training.state)
                + (training.waiting.isEmpty() ? "" : "; waiting: " + String.join(", ", training.waiting));
    }
}
