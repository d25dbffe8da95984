package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * The text of an encrypted parameter of AWS Systems Manager, or of a secret of Secrets Manager by the name {@code
 * /aws/reference/secretsmanager/<secret>}. Thread-safe.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html">referencing
 *     secrets from Parameter Store</a>
 */
public final class SsmParameter implements Supplier<String> {
    private final SsmClient ssm;
    private final String name;

    public SsmParameter(SsmClient ssm, String name) {
        this.ssm = requireNonNull(ssm, "ssm is null");
        this.name = requireNonNull(name, "name is null");
    }

    /** The parameter with this name, with the region, credentials and endpoint that the environment names. */
    public static SsmParameter named(String name) {
        return new SsmParameter(
                SsmClient.builder().httpClient(UrlConnectionHttpClient.create()).build(), name);
    }

    /**
     * Reads it now.
     *
     * @throws WakeboxException {@code UNAVAILABLE} when the store can't be reached, {@code INTERNAL} when it refuses
     */
    @Override
    public String get() {
        try {
            return ssm.getParameter(request -> request.name(name).withDecryption(true))
                    .parameter()
                    .value();
        } catch (SdkException e) {
            boolean mayPass = e instanceof SdkClientException
                    || (e instanceof AwsServiceException service
                            && (service.statusCode() >= 500 || service.isThrottlingException()));
            throw new WakeboxException(
                    mayPass ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                    "Cannot read the parameter \"" + name + "\": " + reason(e) + ".",
                    e);
        }
    }

    private static String reason(SdkException e) {
        return e instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorCode()
                : "Systems Manager could not be reached";
    }
}
