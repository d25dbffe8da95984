package dev.wakebox.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AwsRefusalTest {
    /** Error codes of the Systems Manager operations that Wakebox calls, as in the API model. */
    private static final List<String> ERRORS_OF_SSM = List.of(
            "DuplicateInstanceId",
            "InternalServerError",
            "InvalidCommandId",
            "InvalidDocument",
            "InvalidDocumentVersion",
            "InvalidFilterKey",
            "InvalidInstanceId",
            "InvalidInstanceInformationFilterValue",
            "InvalidNextToken",
            "InvalidNotificationConfig",
            "InvalidOutputFolder",
            "InvalidParameters",
            "InvalidPluginName",
            "InvalidRole",
            "InvocationDoesNotExist",
            "MaxDocumentSizeExceeded",
            "UnsupportedPlatformType");

    private static final List<String> COMMON_ERRORS = List.of(
            "AccessDeniedException",
            "ExpiredTokenException",
            "IncompleteSignature",
            "InternalFailure",
            "InvalidClientTokenId",
            "NotAuthorized",
            "OptInRequired",
            "RequestExpired",
            "ServiceUnavailable",
            "ThrottlingException",
            "UnrecognizedClientException",
            "ValidationException");

    @Test
    void tables_always_nameEveryCodeThatTheDocumentsName() throws IOException {
        var documented = Files.readAllLines(Path.of("src/test/resources/documented-ec2-errors.txt"));

        assertThat(documented).hasSizeGreaterThan(350);
        assertThat(AwsRefusal.table("ec2-errors.txt")).containsKeys(documented.toArray(String[]::new));
        assertThat(AwsRefusal.table("ssm-errors.txt"))
                .containsKeys(ERRORS_OF_SSM.toArray(String[]::new))
                .containsKeys(COMMON_ERRORS.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({
        "InsufficientInstanceCapacity, true, ELSEWHERE",
        "InsufficientHostCapacity, true, ELSEWHERE",
        "InsufficientVolumeCapacity, true, ELSEWHERE",
        "InsufficientFreeAddressesInSubnet, false, ELSEWHERE",
        "InsufficientSomethingNewCapacity, false, ELSEWHERE",
        "UnfulfillableCapacity, true, ELSEWHERE",
        "SpotMaxPriceTooLow, false, ELSEWHERE",
        "MaxSpotInstanceCountExceeded, false, ELSEWHERE",
        "VcpuLimitExceeded, false, ELSEWHERE",
        "InstanceLimitExceeded, false, ELSEWHERE",
        "Unsupported, false, ELSEWHERE",
        "RequestLimitExceeded, true, LATER",
        "RequestLimitExceeded, false, LATER",
        "ServiceUnavailable, true, LATER",
        "HTTP 502, true, LATER",
        "VolumeLimitExceeded, false, QUOTA",
        "VolumeLimitExceeded, true, QUOTA",
        "MaxIOPSLimitExceeded, false, QUOTA",
        "NetworkInterfaceLimitExceeded, false, QUOTA",
        "PendingVerification, false, QUOTA",
        "SomethingNewLimitExceeded, false, QUOTA",
        "UnauthorizedOperation, false, OURS",
        "IdempotentParameterMismatch, false, OURS",
        "InvalidAMIID.NotFound, false, CALLER",
        "InvalidParameterValue, false, CALLER",
        "InvalidParameterCombination, false, CALLER",
        "TagLimitExceeded, false, CALLER",
        "OptInRequired, false, CALLER",
        "Blocked, false, CALLER",
        "SomethingNew, false, CALLER",
        "SomethingNew, true, LATER",
    })
    void ofEc2_always_tellsWhatFollows(String code, boolean mayPass, AwsRefusal expected) {
        assertThat(AwsRefusal.ofEc2(code, "No.", mayPass)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            InvalidParameterValue | Value (p) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name | NOT_YET
            InvalidParameterValue | Value (arn:aws:iam::1:instance-profile/p) for parameter iamInstanceProfile.arn is invalid.     | NOT_YET
            InvalidParameterValue | IAM Instance Profile "p" has no associated IAM Roles                                          | NOT_YET
            InvalidParameterValue | Value (x) for parameter imageId is invalid.                                                   | CALLER
            UnauthorizedOperation | You are not authorized to pass the IAM instance profile                                       | OURS
            """)
    void ofEc2_whenItIsAboutAnInstanceProfile_readsTheMessage(String code, String message, AwsRefusal expected) {
        assertThat(AwsRefusal.ofEc2(code, message, false)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Server.SpotInstanceTermination, true",
        "Server.InsufficientInstanceCapacity, true",
        "Client.UserInitiatedShutdown, false",
        "Client.InvalidSnapshot.NotFound, false",
        "'', false",
    })
    void endedForEc2sReasons_always_readsTheCode(String code, boolean expected) {
        assertThat(AwsRefusal.endedForEc2sReasons(code)).isEqualTo(expected);
    }
}
