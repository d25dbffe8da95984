package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** The text of a secret of AWS Secrets Manager. Thread-safe. */
public final class ManagedSecret implements Supplier<String> {
    private final SecretsManagerClient secrets;
    private final String name;

    public ManagedSecret(SecretsManagerClient secrets, String name) {
        this.secrets = requireNonNull(secrets, "secrets is null");
        this.name = requireNonNull(name, "name is null");
    }

    /** The secret with this name, with the region, credentials and endpoint that the environment names. */
    public static ManagedSecret named(String name) {
        return new ManagedSecret(
                SecretsManagerClient.builder()
                        .httpClient(UrlConnectionHttpClient.create())
                        .build(),
                name);
    }

    /**
     * Reads it now.
     *
     * @throws WakeboxException {@code UNAVAILABLE} when the store can't be reached, {@code INTERNAL} when it refuses
     */
    @Override
    public String get() {
        try {
            String text =
                    secrets.getSecretValue(request -> request.secretId(name)).secretString();
            if (text != null) {
                return text;
            }
        } catch (SdkException e) {
            boolean mayPass = e instanceof SdkClientException
                    || (e instanceof AwsServiceException service
                            && (service.statusCode() >= 500 || service.isThrottlingException()));
            throw new WakeboxException(
                    mayPass ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                    "Cannot read the secret \"" + name + "\": " + reason(e) + ".",
                    e);
        }
        throw new WakeboxException(ErrorCode.INTERNAL, "The secret \"" + name + "\" is binary; it must be text.");
    }

    private static String reason(SdkException e) {
        return e instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorCode()
                : "Secrets Manager could not be reached";
    }
}
