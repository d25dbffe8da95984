package dev.wakebox.functions.email;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.storage.StubHttpClient;
import java.util.Map;
import java.util.Optional;
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
            "help@example.org",
            Optional.of("configuration"));

    @Test
    void send_whenAccepted_isOneRequest() {
        http.answer(200, Map.of(), "{\"MessageId\":\"1\"}");

        assertThat(mailer.send(MAIL)).isEqualTo(new Mailer.Delivery.Sent());

        assertThat(http.requests()).hasSize(1);
        assertThat(http.requests().getFirst().encodedPath()).isEqualTo("/v2/email/outbound-emails");
    }

    @ParameterizedTest
    @CsvSource({
        "429, TooManyRequestsException",
        "400, LimitExceededException",
        "400, Throttling",
        "500, InternalServiceErrorException",
        "503, ServiceUnavailable"
    })
    void send_whenItMayGoBetterLater_saysSoAndTriesOnce(int status, String type) {
        answer(status, type);

        assertThat(mailer.send(MAIL)).isEqualTo(new Mailer.Delivery.Later(type));
        assertThat(http.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "400, MessageRejected",
        "400, MailFromDomainNotVerifiedException",
        "400, SendingPausedException",
        "400, AccountSuspendedException",
        "404, NotFoundException",
        "403, AccessDeniedException",
        "400, BadRequestException"
    })
    void send_whenAnOperatorMustAct_isRefusedWithoutTheAddress(int status, String type) {
        answer(status, type);

        assertThat(mailer.send(MAIL)).isEqualTo(new Mailer.Delivery.Refused(type));
        assertThat(http.requests()).hasSize(1);
    }

    @Test
    void send_whenTheAnswerIsLost_isUnansweredAndTriedOnce() {
        http.fail("reset");

        assertThat(mailer.send(MAIL)).isEqualTo(new Mailer.Delivery.Unanswered());
        assertThat(http.requests()).hasSize(1);
    }

    private void answer(int status, String type) {
        http.answer(
                status,
                Map.of("x-amzn-ErrorType", type),
                "{\"message\":\"Email address is not verified: ana@example.org\"}");
    }
}
