package dev.wakebox.compute.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.StubHttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.SendCommandRequest;

class SsmCommandsTest {
    private static final Map<String, String> JSON = Map.of("content-type", "application/x-amz-json-1.1");
    private static final String INSTANCE = "i-0aaaaaaaaaaaaaaaa";
    private static final SentCommand COMMAND = new SentCommand("c-1", INSTANCE, Instant.EPOCH);
    private static final CommandLogs LOGS = new CommandLogs("logs", "runs/night/0", "/wakebox/commands");

    private final StubHttpClient aws = new StubHttpClient();
    private final List<SdkRequest> asked = new ArrayList<>();
    private final SsmCommands commands = new SsmCommands(SsmClient.builder()
            .httpClient(aws)
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .overrideConfiguration(config -> config.retryStrategy(AwsRetryStrategy.doNotRetry())
                    .addExecutionInterceptor(new ExecutionInterceptor() {
                        @Override
                        public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                            asked.add(context.request());
                        }
                    }))
            .build());

    @Test
    void send_whenAccepted_hasAskedForTheScriptItsLimitAndItsLogs() {
        aws.answer(200, JSON, "{\"Command\": {\"CommandId\": \"c-1\", \"RequestedDateTime\": 1772431200.5}}");

        var sent =
                commands.send(new ShellScript(INSTANCE, "night/0", List.of("set -e", "ls"), Duration.ofDays(14), LOGS));

        assertThat(sent).contains(new SentCommand("c-1", INSTANCE, Instant.parse("2026-03-02T06:00:00.500Z")));
        assertThat(asked).singleElement().isInstanceOfSatisfying(SendCommandRequest.class, request -> {
            assertThat(request.documentName()).isEqualTo("AWS-RunShellScript");
            assertThat(request.comment()).isEqualTo("night/0");
            assertThat(request.parameters())
                    .isEqualTo(Map.of("commands", List.of("set -e", "ls"), "executionTimeout", List.of("172800")));
            assertThat(request.outputS3BucketName()).isEqualTo("logs");
            assertThat(request.outputS3KeyPrefix()).isEqualTo("runs/night/0");
            assertThat(request.cloudWatchOutputConfig().cloudWatchLogGroupName())
                    .isEqualTo("/wakebox/commands");
        });
    }

    @Test
    void find_whenOnALaterPage_isFoundByItsLabel() {
        aws.answer(
                200,
                JSON,
                "{\"Commands\": [{\"CommandId\": \"c-0\", \"Comment\": \"night/1\"}], \"NextToken\": \"n\"}");
        aws.answer(
                200,
                JSON,
                "{\"Commands\": [{\"CommandId\": \"c-1\", \"Comment\": \"night/0\", \"RequestedDateTime\": 0}]}");

        assertThat(commands.find(INSTANCE, "night/0")).contains(COMMAND);
    }

    @Test
    void find_whenNothingWasSent_isEmpty() {
        aws.answer(200, JSON, "{\"Commands\": []}");

        assertThat(commands.find(INSTANCE, "night/0")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Pending, PENDING",
        "InProgress, IN_PROGRESS",
        "Delayed, DELAYED",
        "Success, SUCCESS",
        "Cancelled, CANCELLED",
        "TimedOut, TIMED_OUT",
        "Failed, FAILED",
        "Cancelling, CANCELLING",
        "SomethingNew, FAILED"
    })
    void look_whenInAState_readsIt(String name, CommandResult.Status status) {
        aws.answer(200, JSON, """
                {"Status": "%s", "StatusDetails": "Details", "ResponseCode": 3, "StandardErrorContent": "no"}
                """.formatted(name));

        assertThat(commands.poll(COMMAND)).contains(new CommandResult(status, "Details", 3, "no"));
    }

    @ParameterizedTest
    @CsvSource({"PT172200.5S, PT47H50M0.5S", "'',", "soon,"})
    void look_whenItHasRun_readsForHowLong(String text, @Nullable Duration elapsed) {
        aws.answer(200, JSON, "{\"Status\": \"Success\", \"ExecutionElapsedTime\": \"" + text + "\"}");

        assertThat(commands.poll(COMMAND).orElseThrow().elapsed()).isEqualTo(Optional.ofNullable(elapsed));
    }

    @Test
    void look_whenNotKnownYet_isEmpty() {
        aws.answer(400, JSON, "{\"__type\": \"InvocationDoesNotExist\"}");

        assertThat(commands.poll(COMMAND)).isEmpty();
    }

    @Test
    void send_whenTheAgentIsOffline_isEmpty() {
        aws.answer(400, JSON, "{\"__type\": \"InvalidInstanceId\"}");

        assertThat(commands.send(new ShellScript(INSTANCE, "night/0", List.of("true"), Duration.ofMinutes(1), null)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "400, ThrottlingException,     ThrottlingException,                              UNAVAILABLE",
        "400, InvalidInstanceId,       the instance does not answer Systems Manager,     UNAVAILABLE",
        "500, InternalServerError,     InternalServerError,                              UNAVAILABLE",
        "400, AccessDeniedException,   AccessDeniedException,                            INTERNAL",
        "400, MaxDocumentSizeExceeded, MaxDocumentSizeExceeded,                          INTERNAL"
    })
    void cancel_whenRefused_saysWhetherItMayPass(int status, String error, String reason, ErrorCode code) {
        aws.answer(status, JSON, "{\"__type\": \"" + error + "\"}");

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> commands.cancel(COMMAND))
                .withMessage("Cannot cancel the command c-1: " + reason + ".")
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void cancel_whenUnreachable_mayPass() {
        aws.fail("connection reset");

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> commands.cancel(COMMAND))
                .withMessageContaining("AWS could not be reached")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }
}
