package dev.wakebox.local.application;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** Tests LocalStack for the behaviour on which Wakebox relies; needs a Docker engine. */
@EnabledIf(value = "docker", disabledReason = LocalStackTest.NEEDED)
class LocalStackTest extends AwsServices {
    static final String NEEDED = "needs a Docker engine, and none answers on this computer.";

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
        // The newest tag that needs no token.
        localStack = new LocalStackContainer(DockerImageName.parse("localstack/localstack:4.14.0"))
                .withServices(
                        "s3",
                        "sqs",
                        "ec2",
                        "dynamodb",
                        "sns",
                        "events",
                        "secretsmanager",
                        "ssm",
                        "stepfunctions",
                        "iam",
                        "sts",
                        "cloudformation");
        localStack.start();
    }

    @AfterAll
    static void stop() {
        if (localStack != null) {
            localStack.stop();
        }
    }

    /** Two of its services need Java, which the image built here has. */
    @Override
    void need(String service) {
        String program = service.equals("dynamodb") ? "dynamodb-local" : "jsonata";
        try {
            assumeThat(localStack
                            .execInContainer("ls", "/usr/lib/localstack/" + program)
                            .getExitCode())
                    .as("This image of LocalStack has no %s, which its %s runs on.", program, service)
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    @Test
    @Disabled("LocalStack 4.14.0 answers NotImplemented to DeleteObject with If-Match; S3 and LocalAwsTest do it.")
    void delete_whenTheObjectHasChanged_isRefused() {}

    @Override
    String image(Ec2Client ec2) {
        return ec2.describeImages(_ -> {}).images().getFirst().imageId();
    }

    @Override
    URI endpoint() {
        return localStack.getEndpoint();
    }
}
