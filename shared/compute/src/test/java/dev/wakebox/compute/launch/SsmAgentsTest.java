package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The reduced client with Systems Manager's JSON. */
class SsmAgentsTest {
    private final AwsStandIn aws = new AwsStandIn();
    private final SsmClient client = SsmClient.builder()
            .endpointOverride(aws.endpoint())
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
    private final SsmAgents agents = new SsmAgents(client);

    @AfterEach
    void close() {
        client.close();
        aws.close();
    }

    @ParameterizedTest
    @CsvSource({"Online, true", "ConnectionLost, false", "Inactive, false"})
    void online_always_readsPingStatus(String status, boolean online) {
        aws.answers(
                200, "{\"InstanceInformationList\": [{\"InstanceId\": \"i-1\", \"PingStatus\": \"" + status + "\"}]}");

        assertThat(agents.online("i-1")).isEqualTo(online);
        assertThat(aws.requests())
                .containsExactly("AmazonSSM.DescribeInstanceInformation "
                        + "{\"Filters\":[{\"Key\":\"InstanceIds\",\"Values\":[\"i-1\"]}]}");
    }

    @Test
    void online_whenTheAgentHasNeverReported_isFalse() {
        aws.answers(200, "{\"InstanceInformationList\": []}");

        assertThat(agents.online("i-1")).isFalse();
    }

    @Test
    void online_whenThrottled_isUnavailable() {
        aws.answers(400, "{\"__type\": \"ThrottlingException\", \"message\": \"Rate exceeded\"}");

        assertThatThrownBy(() -> agents.online("i-1"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessage("Cannot ask for the agent on the instance i-1: ThrottlingException.");
    }

    @Test
    void cancelCommands_always_cancelsWhatHasNotEnded() {
        aws.answers(200, "{\"Commands\": []}");
        aws.answers(200, "{\"Commands\": [{\"CommandId\": \"c-1\"}]}");
        aws.answers(200, "{}");

        agents.cancelCommands("i-1");

        assertThat(aws.requests())
                .satisfiesExactly(
                        request -> assertThat(request).contains("AmazonSSM.ListCommands", "\"Pending\""),
                        request -> assertThat(request).contains("AmazonSSM.ListCommands", "\"InProgress\"", "i-1"),
                        request -> assertThat(request)
                                .isEqualTo(
                                        "AmazonSSM.CancelCommand {\"CommandId\":\"c-1\",\"InstanceIds\":[\"i-1\"]}"));
    }

    @Test
    void cancelCommands_whenTheInstanceIsGone_doesNothing() {
        aws.answers(400, "{\"__type\": \"InvalidInstanceId\"}");
        aws.answers(400, "{\"__type\": \"InvalidInstanceId\"}");

        agents.cancelCommands("i-1");

        assertThat(aws.requests()).hasSize(2);
    }
}
