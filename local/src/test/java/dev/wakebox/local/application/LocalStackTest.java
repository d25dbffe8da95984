package dev.wakebox.local.application;

import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** LocalStack does what the training server needs of AWS; needs a Docker engine. */
@EnabledIf(value = "docker", disabledReason = LocalStackTest.NEEDED)
class LocalStackTest extends AwsBehaviour {
    static final String NEEDED = "needs a Docker engine, and none answers on this machine.";

    static LocalStackContainer localStack;

    static boolean docker() {
        boolean available = DockerClientFactory.instance().isDockerAvailable();
        if (!available) {
            System.out.println("LocalStackTest is skipped: it " + NEEDED);
        }
        return available;
    }

    @BeforeAll
    static void start() {
        // The last tag that needs no token.
        localStack = new LocalStackContainer(DockerImageName.parse("localstack/localstack:4.14.0"))
                .withServices("s3", "sqs", "ec2");
        localStack.start();
    }

    @AfterAll
    static void stop() {
        if (localStack != null) {
            localStack.stop();
        }
    }

    @Override
    URI endpoint() {
        return localStack.getEndpoint();
    }
}
