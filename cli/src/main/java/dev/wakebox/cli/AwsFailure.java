package dev.wakebox.cli;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.local.computer.ErrorSentence;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** Explains in one sentence why AWS could not be asked, and what to do. */
final class AwsFailure {
    private static final Set<String> EXPIRED = Set.of("ExpiredToken", "ExpiredTokenException", "RequestExpired");
    private static final Set<String> UNKNOWN_KEY = Set.of(
            "AuthFailure",
            "IncompleteSignature",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException");

    private static final Pattern ACTION = Pattern.compile("perform:? ([a-z0-9-]+:[A-Za-z0-9]+)");
    private static final String SIGN_IN =
            "Sign in (aws login or aws sso login), or name a profile with --profile or AWS_PROFILE.";

    private AwsFailure() {}

    /** The sentence for an exception of a call to AWS. */
    static String sentence(SdkException e) {
        return e instanceof AwsServiceException refused && refused.awsErrorDetails() != null
                ? refused(refused, String.valueOf(refused.awsErrorDetails().errorCode()))
                : unreached(e);
    }

    private static String refused(AwsServiceException e, String code) {
        String message = Optional.ofNullable(e.awsErrorDetails().errorMessage()).orElse("status " + e.statusCode());
        if (EXPIRED.contains(code)) {
            return "the AWS credentials have expired. " + SIGN_IN;
        }
        if (UNKNOWN_KEY.contains(code)) {
            return "AWS does not accept these credentials (" + code + "). " + SIGN_IN;
        }
        if (AwsErrors.isDenied(e)) {
            Matcher action = ACTION.matcher(message);
            return "these AWS credentials lack the permission "
                    + (action.find() ? action.group(1) : "for this: " + message)
                    + ". The stack's policies WakeboxReader and WakeboxOperator give it (docs/cli.md); --profile names other"
                    + " credentials.";
        }
        return message + " (" + code + ")";
    }

    private static String unreached(SdkException e) {
        String message = String.valueOf(e.getMessage());
        if (message.startsWith("Unable to load credentials")) {
            return "there are no AWS credentials. " + SIGN_IN;
        }
        if (message.startsWith("Profile file contained no credentials")) {
            return "the AWS profile has no credentials, or there is no such profile. aws configure list-profiles lists them.";
        }
        if (message.contains("expired")) {
            return "the AWS credentials have expired. " + SIGN_IN;
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case UnknownHostException unknown -> {
                    return "AWS can't be reached: there is no address for " + unknown.getMessage()
                            + ". Check the network, and the region with --region.";
                }
                case SSLException untrusted -> {
                    return "AWS can't be reached: " + untrusted.getMessage()
                            + ". Behind a proxy that replaces certificates, name a trust store in JAVA_TOOL_OPTIONS"
                            + " (-Djavax.net.ssl.trustStore=FILE).";
                }
                case SocketTimeoutException _, ApiCallTimeoutException _ -> {
                    return "AWS did not answer in time. Check the network and its proxy (HTTPS_PROXY), and try again.";
                }
                case SocketException _ -> {
                    return "AWS can't be reached: " + cause.getMessage()
                            + ". Check the network and its proxy (HTTPS_PROXY), and --endpoint-url if it is given.";
                }
                default -> {}
            }
        }
        return ErrorSentence.of(e);
    }
}
