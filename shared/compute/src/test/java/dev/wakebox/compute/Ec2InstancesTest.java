package dev.wakebox.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.StubHttpClient;
import java.time.Instant;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.ec2.Ec2Client;

class Ec2InstancesTest {
    private static final String ID = "i-0123456789abcdef0";

    private final StubHttpClient http = new StubHttpClient();
    private final Ec2Instances instances = new Ec2Instances(Ec2Client.builder()
            .httpClient(http)
            .overrideConfiguration(config -> config.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build());

    @Test
    void describe_whenThere_isStateAndLaunchTime() {
        http.answer(200, Map.of(), """
                <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item>
                <instancesSet><item><instanceId>i-0123456789abcdef0</instanceId>
                <instanceState><code>32</code><name>shutting-down</name></instanceState>
                <launchTime>2026-11-22T12:00:00.000Z</launchTime></item></instancesSet>
                </item></reservationSet></DescribeInstancesResponse>""");

        assertThat(instances.describe(ID))
                .hasValue(new Instance(ID, InstanceState.SHUTTING_DOWN, Instant.parse("2026-11-22T12:00:00Z")));
    }

    @Test
    void describe_whenEc2DoesNotKnowIt_isEmpty() {
        http.answer(400, Map.of(), error("InvalidInstanceID.NotFound"));
        assertThat(instances.describe(ID)).isEmpty();

        http.answer(400, Map.of(), error("InvalidInstanceID.Malformed"));
        assertThat(instances.describe("nonsense")).isEmpty();

        http.answer(200, Map.of(), "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>");
        assertThat(instances.describe(ID)).isEmpty();
    }

    @Test
    void start_whenAccepted_isSilent() {
        http.answer(200, Map.of(), "<StartInstancesResponse/>");

        instances.start(ID);

        assertThat(http.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "400, IncorrectInstanceState, UNAVAILABLE",
        "500, InsufficientInstanceCapacity, UNAVAILABLE",
        "503, RequestLimitExceeded, UNAVAILABLE",
        "400, Throttling, UNAVAILABLE",
        "500, InternalError, UNAVAILABLE",
        "403, UnauthorizedOperation, INTERNAL",
        "400, InvalidInstanceID.NotFound, INTERNAL",
        "400, UnsupportedOperation, INTERNAL"
    })
    void startAndStop_whenRefused_tellWhetherItMayPass(int status, String code, ErrorCode expected) {
        http.answer(status, Map.of(), error(code));
        assertFails(() -> instances.start(ID), expected, "Cannot start the instance " + ID + ": " + code + ".");

        http.answer(status, Map.of(), error(code));
        assertFails(() -> instances.stop(ID), expected, "Cannot stop the instance " + ID + ": " + code + ".");
    }

    @Test
    void describe_whenOutOfReach_isUnavailable() {
        http.fail("Connection refused");

        assertFails(
                () -> instances.describe(ID),
                ErrorCode.UNAVAILABLE,
                "Cannot look at the instance " + ID + ": EC2 could not be reached.");
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessage(message);
    }

    private static String error(String code) {
        return "<Response><Errors><Error><Code>" + code
                + "</Code><Message>m</Message></Error></Errors><RequestID>r</RequestID></Response>";
    }
}
