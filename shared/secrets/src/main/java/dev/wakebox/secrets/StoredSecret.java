package dev.wakebox.secrets;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/** Reads the text of a secret in AWS Secrets Manager or of a SecureString parameter in Systems Manager. Thread-safe. */
public final class StoredSecret implements Supplier<String> {
    private static final Pattern ARN =
            Pattern.compile("arn:[a-z-]+:(secretsmanager|ssm):[a-z0-9-]+:[0-9]{12}:(secret:|parameter/).+");

    private final String arn;
    private final Supplier<@Nullable String> store;

    private StoredSecret(String arn, Supplier<@Nullable String> store) {
        this.arn = requireNonNull(arn, "arn is null");
        this.store = requireNonNull(store, "store is null");
    }

    /**
     * The secret or parameter of this ARN. The client uses the region, credentials and endpoints of the environment.
     *
     * @throws IllegalStateException when it is not the ARN of a secret or parameter
     */
    public static StoredSecret of(String arn) {
        var parts = ARN.matcher(arn);
        if (!parts.matches()) {
            throw new IllegalStateException(
                    "\"" + arn
                            + "\" is not the ARN of a secret (arn:aws:secretsmanager:…:secret:…) or parameter (arn:aws:ssm:…:parameter/…).");
        }
        return parts.group(1).equals("ssm") ? ofSystemsManager(arn) : ofSecretsManager(arn);
    }

    private static StoredSecret ofSecretsManager(String arn) {
        var secrets =
                SecretsManagerClient.builder().httpClient(AwsHttp.client()).build();
        return new StoredSecret(arn, () -> secrets.getSecretValue(request -> request.secretId(arn))
                .secretString());
    }

    private static StoredSecret ofSystemsManager(String arn) {
        var parameters = SsmClient.builder().httpClient(AwsHttp.client()).build();
        return new StoredSecret(arn, () -> parameters
                .getParameter(request -> request.name(arn).withDecryption(true))
                .parameter()
                .value());
    }

    /**
     * Reads the text.
     *
     * @throws WakeboxException {@code UNAVAILABLE} when the service can't be reached, {@code INTERNAL} when it refuses
     */
    @Override
    public String get() {
        try {
            String text = store.get();
            if (text != null) {
                return text;
            }
        } catch (SdkException e) {
            throw AwsErrors.failed("read \"" + arn + "\"", e);
        }
        throw new WakeboxException(ErrorCode.INTERNAL, "The secret \"" + arn + "\" is binary; it must be text.");
    }
}
