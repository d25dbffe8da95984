package dev.wakebox.functions.runslots;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * Handles the state WaitForSlot of a run, the end of executions, and the schedule. The state machine waits for the answer to its task,
 * not for that of the function.
 */
public final class RunSlotsHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(RunSlotsHandler.class);

    private final SlotQueue queue;
    private final String stateMachineArn;

    /** Reads {@code SLOTS_TABLE}, {@code MAX_CONCURRENT_RUNS} and {@code STATE_MACHINE_ARN}. */
    public RunSlotsHandler() {
        this(
                new SlotQueue(
                        new DynamoDbSlots(
                                DynamoDbClient.builder()
                                        .httpClient(AwsHttp.client())
                                        .build(),
                                Environment.required("SLOTS_TABLE")),
                        new SfnTasks(
                                SfnClient.builder().httpClient(AwsHttp.client()).build()),
                        slots(Environment.required("MAX_CONCURRENT_RUNS")),
                        Clock.systemUTC()),
                Environment.required("STATE_MACHINE_ARN"));
    }

    RunSlotsHandler(SlotQueue queue, String stateMachineArn) {
        this.queue = requireNonNull(queue, "queue is null");
        this.stateMachineArn = requireNonNull(stateMachineArn, "stateMachineArn is null");
    }

    /** What the function did. */
    record Handled(String event) {
        Handled {
            requireNonNull(event, "event is null");
        }
    }

    @Override
    protected Handled event(JsonObject event) {
        Optional<String> token = event.optionalText("task_token");
        if (token.isPresent()) {
            queue.arrived(new QueuedRun(
                    required(event, "execution"), required(event, "name"), startedAt(event), token.get()));
            return new Handled("arrived");
        }
        JsonObject detail = event.object("detail");
        Optional<String> execution = detail.optionalText("executionArn");
        if (execution.isPresent()) {
            if (!stateMachineArn.equals(detail.text("stateMachineArn"))
                    || detail.text("status").equals("RUNNING")) {
                log.info("{} is not one of our runs, or it has not ended.", execution.get());
                return new Handled("ignored");
            }
            Number startDate = detail.number("startDate");
            queue.ended(
                    execution.get(),
                    detail.text("name"),
                    Instant.ofEpochMilli(startDate == null ? 0 : startDate.longValue()));
            return new Handled("ended");
        }
        queue.sweep();
        return new Handled("swept");
    }

    private static int slots(String text) {
        if (!text.matches("[1-9]\\d{0,3}")) {
            throw new IllegalStateException(
                    "The environment variable MAX_CONCURRENT_RUNS must be a whole number from 1 to 9999, is \"" + text
                            + "\".");
        }
        return Integer.parseInt(text);
    }

    private static Instant startedAt(JsonObject event) {
        try {
            return Instant.parse(required(event, "started_at"));
        } catch (DateTimeParseException e) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "started_at must be an instant such as 2026-01-31T12:00:00Z, is \"" + event.text("started_at")
                            + "\".",
                    e);
        }
    }

    private static String required(JsonObject event, String field) {
        return event.optionalText(field)
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> WakeboxException.invalidField(
                        field, field + " is missing; the state WaitForSlot of workflows/ec2-run.asl.yaml sends it."));
    }
}
