package dev.wakebox.functions.reaper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.launch.AwsStandIn;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sfn.SfnClient;

class SfnExecutionsTest {
    private static final String ARN = "arn:aws:states:us-east-1:000000000000:execution:wakebox-ec2-run:night";

    private final AwsStandIn aws = new AwsStandIn();
    private final SfnClient client = SfnClient.builder()
            .endpointOverride(aws.endpoint())
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
    private final Executions executions = new SfnExecutions(client);

    @AfterEach
    void close() {
        client.close();
        aws.close();
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, true",
        "PENDING_REDRIVE, true",
        "SUCCEEDED, false",
        "FAILED, false",
        "TIMED_OUT, false",
        "ABORTED, false"
    })
    void running_always_readsTheStatus(String status, boolean running) {
        aws.answers(200, "{\"executionArn\": \"" + ARN + "\", \"status\": \"" + status + "\"}");

        assertThat(executions.running(ARN)).isEqualTo(running);
        assertThat(aws.requests())
                .containsExactly("AWSStepFunctions.DescribeExecution {\"executionArn\":\"" + ARN + "\"}");
    }

    @ParameterizedTest
    @CsvSource({"ExecutionDoesNotExist", "InvalidArn"})
    void running_whenStepFunctionsDoesNotKnowIt_isFalse(String error) {
        aws.answers(400, "{\"__type\": \"" + error + "\"}");

        assertThat(executions.running(ARN)).isFalse();
    }

    @Test
    void running_whenThrottled_isUnavailable() {
        aws.answers(400, "{\"__type\": \"ThrottlingException\"}");

        assertThatThrownBy(() -> executions.running(ARN))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void running_whenNotAllowed_isInternal() {
        aws.answers(400, "{\"__type\": \"AccessDeniedException\"}");

        assertThatThrownBy(() -> executions.running(ARN))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
                .hasMessage("Cannot describe the execution " + ARN + ": AccessDeniedException.");
    }
}
