package dev.wakebox.functions.runslots;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.runtime.Json;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.TaskDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.TaskTimedOutException;

/** The waiting tasks of AWS Step Functions. Thread-safe. */
final class SfnTasks implements WaitingTasks {
    private final SfnClient sfn;

    SfnTasks(SfnClient sfn) {
        this.sfn = requireNonNull(sfn, "sfn is null");
    }

    @Override
    public boolean running(String execution) {
        try {
            return sfn.describeExecution(request -> request.executionArn(execution))
                            .status()
                    == ExecutionStatus.RUNNING;
        } catch (ExecutionDoesNotExistException e) {
            return false;
        } catch (SdkException e) {
            throw AwsErrors.failed("describe the execution " + execution, e);
        }
    }

    @Override
    public boolean succeed(String token, SlotAnswer answer) {
        try {
            sfn.sendTaskSuccess(request -> request.taskToken(token).output(Json.string(answer)));
            return true;
        } catch (TaskDoesNotExistException | TaskTimedOutException e) {
            return false;
        } catch (SdkException e) {
            throw AwsErrors.failed("let a run continue", e);
        }
    }
}
