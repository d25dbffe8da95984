package dev.wakebox.local.compute;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/**
 * Clients of the AWS that instances talk to, for what the agent on them does.
 *
 * @param environment of the instances, with {@code AWS_ENDPOINT_URL}
 */
record InstanceClients(Map<String, String> environment, String region) {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    /** @throws IllegalStateException when instances have no AWS */
    <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder) {
        String endpoint = environment.get("AWS_ENDPOINT_URL");
        if (endpoint == null) {
            throw new IllegalStateException(
                    "Instances have no AWS: set AWS_ENDPOINT_URL in the environment of instances.");
        }
        return builder.endpointOverride(URI.create(endpoint))
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        environment.getOrDefault("AWS_ACCESS_KEY_ID", "test"),
                        environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "test"))))
                .overrideConfiguration(options -> options.apiCallTimeout(TIME_LIMIT))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }
}
