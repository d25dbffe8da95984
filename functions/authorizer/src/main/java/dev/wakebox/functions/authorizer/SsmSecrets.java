package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssm.SsmClient;

/** Reads the secret from a SecureString parameter of Systems Manager. Thread-safe. */
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
            throw AwsErrors.failed("read the parameter \"" + parameter + "\"", e);
        }
    }
}
