package dev.wakebox.local;

import dev.wakebox.local.computer.LoopbackHttp;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.regions.Region;

/**
 * Builds AWS clients that call the emulator directly, as the account's administrator.
 *
 * @param endpoint of the emulator
 */
record EmulatorClients(URI endpoint) {
    <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C build(B builder) {
        return builder.endpointOverride(endpoint)
                .region(Region.of(LocalAccount.REGION))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(LocalAccount.ACCESS_KEY, LocalAccount.ACCESS_KEY)))
                .httpClient(LoopbackHttp.sdk())
                .build();
    }
}
