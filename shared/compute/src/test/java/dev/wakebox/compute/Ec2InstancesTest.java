package dev.wakebox.compute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** The client of shared/ec2-sdk as in the functions' packages, with EC2's XML over loopback. */
class Ec2InstancesTest {
    private static final String ID = "i-0123456789abcdef0";

    private final List<String> requests = new ArrayList<>();
    private int status = 200;
    private String answer = "";

    private HttpServer server;
    private Ec2Client client;
    private Ec2Instances instances;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                requests.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
                byte[] body = answer.getBytes(UTF_8);
                exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        client = Ec2Client.builder()
                .endpointOverride(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
        instances = new Ec2Instances(client);
    }

    @AfterEach
    void stopServer() {
        client.close();
        server.stop(0);
    }

    @ParameterizedTest
    @EnumSource
    void describe_whenKnown_readsStateAndLaunchTime(InstanceState state) {
        answers(200, describeInstancesResponse("""
                <item>
                  <reservationId>r-1</reservationId>
                  <instancesSet>
                    <item>
                      <instanceId>%s</instanceId>
                      <instanceState><code>16</code><name>%s</name></instanceState>
                      <instanceType>g4dn.xlarge</instanceType>
                      <launchTime>2026-11-22T06:07:08.000Z</launchTime>
                      <tagSet><item><key>Name</key><value>trainer</value></item></tagSet>
                    </item>
                  </instancesSet>
                </item>
                """.formatted(ID, state.awsName())));

        assertThat(instances.describe(ID))
                .contains(new Instance(ID, state, Instant.parse("2026-11-22T06:07:08Z"), null, "g4dn.xlarge"));
        assertThat(requests).singleElement().asString().contains("Action=DescribeInstances", "InstanceId.1=" + ID);
    }

    @Test
    void describe_whenReservationsAreEmpty_isEmpty() {
        answers(200, describeInstancesResponse(""));

        assertThat(instances.describe(ID)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"})
    void describe_whenEc2DoesNotKnowIt_isEmpty(String code) {
        answersError(400, code);

        assertThat(instances.describe(ID)).isEmpty();
    }

    @Test
    void start_whenStopped_startsThatInstance() {
        answers(200, stateChangeResponse("StartInstances", "stopped", "pending"));

        instances.start(ID);

        assertThat(requests).singleElement().asString().contains("Action=StartInstances", "InstanceId.1=" + ID);
    }

    @Test
    void startIfCapacity_whenThereIsNone_isFalse() {
        answersError(500, "InsufficientInstanceCapacity");

        assertThat(instances.startIfCapacity(ID)).isFalse();
    }

    @Test
    void startIfCapacity_whenRefusedForAnotherReason_fails() {
        answersError(403, "UnauthorizedOperation");

        assertThatExceptionOfType(WakeboxException.class).isThrownBy(() -> instances.startIfCapacity(ID));
    }

    @Test
    void changeType_whenStopped_changesThatAttribute() {
        answers(200, """
                <ModifyInstanceAttributeResponse><return>true</return></ModifyInstanceAttributeResponse>""");

        instances.changeType(ID, "g5.xlarge");

        assertThat(requests)
                .singleElement()
                .asString()
                .contains("Action=ModifyInstanceAttribute", "InstanceId=" + ID, "InstanceType.Value=g5.xlarge");
    }

    @Test
    void stop_whenRunning_stopsThatInstance() {
        answers(200, stateChangeResponse("StopInstances", "running", "stopping"));

        instances.stop(ID);

        assertThat(requests).singleElement().asString().contains("Action=StopInstances", "InstanceId.1=" + ID);
    }

    @ParameterizedTest
    @CsvSource({
        "400, IncorrectInstanceState, UNAVAILABLE",
        "500, InsufficientInstanceCapacity, UNAVAILABLE",
        "503, RequestLimitExceeded, UNAVAILABLE",
        "400, RequestLimitExceeded, UNAVAILABLE",
        "500, InternalError, UNAVAILABLE",
        "400, InvalidInstanceID.NotFound, INTERNAL",
        "403, UnauthorizedOperation, INTERNAL",
    })
    void start_whenRefused_tellsWhetherARetryHelps(int httpStatus, String code, ErrorCode expected) {
        answersError(httpStatus, code);

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> instances.start(ID))
                .withMessage("Cannot start the instance " + ID + ": " + code + ".")
                .extracting(WakeboxException::code)
                .isEqualTo(expected);
    }

    @Test
    void stop_whenTheErrorIsNotFromEc2_namesTheHttpStatus() {
        answers(502, "<html>Bad Gateway</html>");

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> instances.stop(ID))
                .withMessage("Cannot stop the instance " + ID + ": HTTP 502.")
                .extracting(WakeboxException::code)
                .isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void describe_whenNothingListens_isUnavailable() {
        server.stop(0);

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> instances.describe(ID))
                .withMessage("Cannot describe the instance " + ID + ": AWS could not be reached.")
                .extracting(WakeboxException::code)
                .isEqualTo(ErrorCode.UNAVAILABLE);
    }

    private void answers(int httpStatus, String xml) {
        status = httpStatus;
        answer = xml;
    }

    private void answersError(int httpStatus, String code) {
        answers(httpStatus, """
                <?xml version="1.0" encoding="UTF-8"?>
                <Response>
                  <Errors><Error><Code>%s</Code><Message>No.</Message></Error></Errors>
                  <RequestID>ea966190-f9aa-478e-9ede-example</RequestID>
                </Response>
                """.formatted(code));
    }

    private static String describeInstancesResponse(String reservations) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                  <requestId>8f7724cf-496f-496e-8fe3-example</requestId>
                  <reservationSet>%s</reservationSet>
                </DescribeInstancesResponse>
                """.formatted(reservations);
    }

    private static String stateChangeResponse(String action, String before, String now) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <%1$sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                  <instancesSet>
                    <item>
                      <instanceId>%2$s</instanceId>
                      <previousState><code>80</code><name>%3$s</name></previousState>
                      <currentState><code>0</code><name>%4$s</name></currentState>
                    </item>
                  </instancesSet>
                </%1$sResponse>
                """.formatted(action, ID, before, now);
    }
}
