package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.InvalidArnException;

/** The executions of AWS Step Functions. Thread-safe. */
final class SfnExecutions implements Executions {
    private final SfnClient sfn;

    SfnExecutions(SfnClient sfn) {
        this.sfn = requireNonNull(sfn, "sfn is null");
    }

    /** Step Functions with the region, credentials and endpoint of the environment. */
    static SfnExecutions create() {
        return new SfnExecutions(
                SfnClient.builder().httpClient(AwsHttp.client()).build());
    }

    @Override
    public boolean running(String executionArn) {
        try {
            return switch (sfn.describeExecution(request -> request.executionArn(executionArn))
                    .status()) {
                case RUNNING, PENDING_REDRIVE, UNKNOWN_TO_SDK_VERSION -> true;
                case SUCCEEDED, FAILED, TIMED_OUT, ABORTED -> false;
            };
        } catch (ExecutionDoesNotExistException | InvalidArnException e) {
            return false;
        } catch (SdkException e) {
            throw AwsErrors.failed("describe the execution " + executionArn, e);
        }
    }
}
