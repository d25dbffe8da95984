package dev.wakebox.functions.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.StubHttpClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sesv2.SesV2Client;

class SesMailerTest {
    private static final Mail MAIL = new Mail("ana@example.org", "subject", "text", "<p>html</p>");

    private final StubHttpClient http = new StubHttpClient();
    private final SesMailer mailer = new SesMailer(
            SesV2Client.builder()
                    .region(Region.US_EAST_1)
                    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                    .httpClient(http)
                    .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                    .build(),
            "wakebox@example.org",
            "help@example.org");

    @Test
    void send_whenAccepted_isOneRequest() {
        http.answer(200, Map.of(), "{\"MessageId\":\"1\"}");

        mailer.send(MAIL);

        assertThat(http.requests()).hasSize(1);
        assertThat(http.requests().getFirst().encodedPath()).isEqualTo("/v2/email/outbound-emails");
    }

    @ParameterizedTest
    @CsvSource({
        "429, TooManyRequestsException, UNAVAILABLE",
        "400, LimitExceededException, UNAVAILABLE",
        "500, InternalServiceErrorException, UNAVAILABLE",
        "400, MessageRejected, INTERNAL",
        "400, MailFromDomainNotVerifiedException, INTERNAL",
        "400, BadRequestException, INTERNAL"
    })
    void send_whenRefused_saysWhoHasToActAndTriesOnce(int status, String type, ErrorCode code) {
        http.answer(
                status,
                Map.of("x-amzn-ErrorType", type),
                "{\"message\":\"Email address is not verified: ana@example.org\"}");

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> mailer.send(MAIL))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .withMessageContaining(type)
                .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("ana@"));
        assertThat(http.requests()).hasSize(1);
    }

    private static String stackTrace(Throwable e) {
        var printed = new StringWriter();
        e.printStackTrace(new PrintWriter(printed));
        return printed.toString();
    }

    @Test
    void send_whenTheConnectionBreaks_isUnavailableAndTriedOnce() {
        http.fail("reset");

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> mailer.send(MAIL))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(http.requests()).hasSize(1);
    }
}
