package dev.wakebox.cli.doctor;

import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;

/** Completes a client's builder with region, credentials and endpoint. */
@FunctionalInterface
public interface ClientMaker {
    /** The client; the caller closes it. */
    <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder);
}
