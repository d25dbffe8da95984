package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssm.SsmClient;

/** A secret in an encrypted parameter (SecureString) of AWS Systems Manager. Thread-safe. */
final class SsmSecrets implements Secrets {
    private final SsmClient ssm;
    private final String parameter;

    SsmSecrets(SsmClient ssm, String parameter) {
        this.ssm = requireNonNull(ssm, "ssm is null");
        this.parameter = requireNonNull(parameter, "parameter is null");
    }

    @Override
    public String read() {
        try {
            return ssm.getParameter(request -> request.name(parameter).withDecryption(true))
                    .parameter()
                    .value();
        } catch (SdkException e) {
            boolean mayPass = e instanceof SdkClientException
                    || (e instanceof AwsServiceException service
                            && (service.statusCode() >= 500 || service.isThrottlingException()));
            throw new WakeboxException(
                    mayPass ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                    "Cannot read the parameter \"" + parameter + "\": " + reason(e) + ".",
                    e);
        }
    }

    private static String reason(SdkException e) {
        return e instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorCode()
                : "Systems Manager could not be reached";
    }
}
