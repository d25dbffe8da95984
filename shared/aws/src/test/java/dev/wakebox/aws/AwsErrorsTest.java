package dev.wakebox.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;

class AwsErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "400, ThrottlingException, UNAVAILABLE",
        "400, RequestLimitExceeded, UNAVAILABLE",
        "429, TooManyRequestsException, UNAVAILABLE",
        "500, InternalError, UNAVAILABLE",
        "503, SlowDown, UNAVAILABLE",
        "400, ValidationException, INTERNAL",
        "403, AccessDenied, INTERNAL",
        "404, NoSuchBucket, INTERNAL",
        "409, BucketAlreadyExists, INTERNAL",
    })
    void failed_whenTheServiceRefuses_isUnavailableOnlyIfALaterCallCanSucceed(
            int status, String code, ErrorCode expected) {
        var refusal = refusal(status, code);

        var exception = AwsErrors.failed("read the object", refusal);

        assertThat(exception.code()).isEqualTo(expected);
        assertThat(exception)
                .hasMessage("Cannot read the object: " + code + ".")
                .hasCause(refusal);
        assertThat(AwsErrors.mayPass(refusal)).isEqualTo(expected == ErrorCode.UNAVAILABLE);
    }

    @Test
    void failed_whenAWSCannotBeReached_isUnavailableAndShowsNoAddress() {
        for (var unreachable : new SdkClientException[] {
            SdkClientException.create("Unable to execute HTTP request: 10.0.0.7"),
            RetryableException.create("Connection reset by 10.0.0.7"),
            ApiCallTimeoutException.create(5000),
        }) {
            var exception = AwsErrors.failed("start the instance i-1", unreachable);

            assertThat(exception.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(exception).hasMessage("Cannot start the instance i-1: AWS could not be reached.");
        }
    }

    @Test
    void failed_whenTheCallerNamesTheCode_isUnavailable() {
        var refusal = refusal(400, "IncorrectInstanceState");

        assertThat(AwsErrors.failed("stop it", refusal, Set.of("IncorrectInstanceState"))
                        .code())
                .isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(AwsErrors.failed("stop it", refusal, Set.of("AnotherCode")).code())
                .isEqualTo(ErrorCode.INTERNAL);
    }

    @Test
    void failed_whenAProxyAnswers_namesTheHttpStatus() {
        assertThat(AwsErrors.failed("read it", refusal(502, null)).getMessage()).isEqualTo("Cannot read it: HTTP 502.");
        assertThat(AwsErrors.code(AwsServiceException.builder().statusCode(407).build()))
                .isEqualTo("HTTP 407");
    }

    @Test
    void translated_whenTheCallSucceeds_isItsAnswer() {
        assertThat(AwsErrors.translated("read it", () -> "answer")).isEqualTo("answer");
    }

    @Test
    void translated_whenTheCallFails_throwsWhatFailedSaysAndLeavesOtherExceptionsAlone() {
        assertThatThrownBy(() -> AwsErrors.translated("read it", () -> {
                    throw refusal(503, "SlowDown");
                }))
                .isInstanceOf(WakeboxException.class)
                .hasMessage("Cannot read it: SlowDown.");
        assertThatThrownBy(() -> AwsErrors.translated("read it", () -> {
                    throw new IllegalStateException("a fault of ours");
                }))
                .isInstanceOf(IllegalStateException.class);
    }

    private static AwsServiceException refusal(int status, @Nullable String code) {
        return AwsServiceException.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
                .build();
    }
}
