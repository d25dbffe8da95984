package dev.wakebox.sentry;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * Reads the DSN from Secrets Manager or from a SecureString parameter, in one attempt. It signs the request itself, so
 * that functions don't need another client of the AWS SDK.
 */
final class StoredDsn {
    private static final Pattern ARN =
            Pattern.compile("arn:[a-z-]+:(secretsmanager|ssm):([a-z0-9-]+):[0-9]{12}:(?:secret:|parameter(?=/)).+");

    private static final int LARGEST_ANSWER = 1 << 20;

    private final String arn;
    private final Function<String, @Nullable String> environment;

    /** @param environment looks up a variable of the process */
    StoredDsn(String arn, Function<String, @Nullable String> environment) {
        this.arn = arn;
        this.environment = environment;
    }

    /** @throws WakeboxException {@code INTERNAL} or {@code UNAVAILABLE} with a reason that may be logged */
    Dsn read() {
        Matcher parts = ARN.matcher(arn);
        if (!parts.matches()) {
            throw new WakeboxException(
                    ErrorCode.INTERNAL,
                    "SentryDsnArn is not the ARN of a secret or of a parameter whose name begins with /");
        }
        Region region = Region.of(parts.group(2));
        return switch (parts.group(1)) {
            case "ssm" ->
                Dsn.parse(ask("ssm", region, "AmazonSSM.GetParameter", Map.of("Name", arn, "WithDecryption", true))
                        .object("Parameter")
                        .text("Value"));
            default ->
                Dsn.parse(ask("secretsmanager", region, "secretsmanager.GetSecretValue", Map.of("SecretId", arn))
                        .text("SecretString"));
        };
    }

    private JsonObject ask(String service, Region region, String operation, Map<String, ?> input) {
        byte[] body = Json.bytes(input);
        var request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(endpoint(service, region))
                .putHeader("Content-Type", "application/x-amz-json-1.1")
                .putHeader("X-Amz-Target", operation)
                .build();
        try (var credentials = DefaultCredentialsProvider.builder().build()) {
            SdkHttpRequest signed = AwsV4HttpSigner.create()
                    .sign(sign -> sign.identity(credentials.resolveCredentials())
                            .request(request)
                            .payload(() -> new ByteArrayInputStream(body))
                            .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                            .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()))
                    .request();
            return send(signed, body);
        } catch (IOException e) {
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "the secret with the DSN could not be read", e);
        }
    }

    private static JsonObject send(SdkHttpRequest request, byte[] body) throws IOException {
        var connection = (HttpURLConnection) request.getUri().toURL().openConnection();
        try {
            connection.setRequestMethod("POST");
            request.forEachHeader((name, values) -> {
                if (!name.equalsIgnoreCase("Host")) { // the JDK sets the same header
                    connection.setRequestProperty(name, values.getFirst());
                }
            });
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            try (var out = connection.getOutputStream()) {
                out.write(body);
            }
            if (connection.getResponseCode() != 200) {
                throw new WakeboxException(
                        ErrorCode.INTERNAL,
                        "the secret with the DSN could not be read: " + connection.getResponseCode()
                                + "; the function's role needs the permission to read it");
            }
            try (InputStream in = connection.getInputStream()) {
                return Json.object(in.readNBytes(LARGEST_ANSWER));
            }
        } finally {
            connection.disconnect();
        }
    }

    /** Looks for the endpoint in the same variables as the AWS SDK. */
    private URI endpoint(String service, Region region) {
        String own = service.equals("ssm") ? "SSM" : "SECRETS_MANAGER";
        for (String variable : new String[] {"AWS_ENDPOINT_URL_" + own, "AWS_ENDPOINT_URL"}) {
            String url = environment.apply(variable);
            if (url != null && !url.isBlank()) {
                return URI.create(url.endsWith("/") ? url : url + "/");
            }
        }
        return URI.create(String.format(
                Locale.ROOT,
                "https://%s.%s.%s/",
                service,
                region.id(),
                PartitionMetadata.of(region).dnsSuffix()));
    }
}
