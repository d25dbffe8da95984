package dev.wakebox.cli.doctor;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.servicequotas.ServiceQuotasClient;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/** The account and region that are checked, with a client of each service, made when it is first needed. Not thread-safe. */
public final class AwsAccount implements AutoCloseable {
    private final ClientMaker maker;
    private final Region region;
    private final boolean local;
    private final Map<Class<?>, SdkClient> clients = new HashMap<>();
    private final String caller;
    private final String accountId;

    /**
     * Asks who the caller is. An exception of the AWS SDK passes through: without credentials nothing can be checked.
     *
     * @param local whether it is the local application, which lacks some services
     */
    public AwsAccount(ClientMaker maker, Region region, boolean local) {
        this.maker = requireNonNull(maker, "maker is null");
        this.region = requireNonNull(region, "region is null");
        this.local = local;
        try (StsClient sts = maker.client(StsClient.builder())) {
            var identity = sts.getCallerIdentity();
            this.caller = identity.arn();
            this.accountId = identity.account();
        }
    }

    Region region() {
        return region;
    }

    String caller() {
        return caller;
    }

    String accountId() {
        return accountId;
    }

    boolean local() {
        return local;
    }

    Ec2Client ec2() {
        return client(Ec2Client.class, () -> maker.client(Ec2Client.builder()));
    }

    IamClient iam() {
        return client(IamClient.class, () -> maker.client(IamClient.builder()));
    }

    SsmClient ssm() {
        return client(SsmClient.class, () -> maker.client(SsmClient.builder()));
    }

    LambdaClient lambda() {
        return client(LambdaClient.class, () -> maker.client(LambdaClient.builder()));
    }

    ServiceQuotasClient quotas() {
        return client(ServiceQuotasClient.class, () -> maker.client(ServiceQuotasClient.builder()));
    }

    SesV2Client ses() {
        return client(SesV2Client.class, () -> maker.client(SesV2Client.builder()));
    }

    SecretsManagerClient secrets() {
        return client(SecretsManagerClient.class, () -> maker.client(SecretsManagerClient.builder()));
    }

    SnsClient sns() {
        return client(SnsClient.class, () -> maker.client(SnsClient.builder()));
    }

    KmsClient kms() {
        return client(KmsClient.class, () -> maker.client(KmsClient.builder()));
    }

    S3Client s3() {
        return client(S3Client.class, () -> maker.client(S3Client.builder().forcePathStyle(local)));
    }

    /**
     * Asks AWS for findings. A missing permission and a failed call are findings of their own.
     *
     * @param permission that the question takes, such as {@code ec2:DescribeInstances}
     */
    List<Finding> ask(String check, String permission, Supplier<List<Finding>> question) {
        try {
            return question.get();
        } catch (AwsServiceException e) {
            if (local) {
                return List.of(notLocal(check));
            }
            boolean denied = AwsErrors.isDenied(e);
            return List.of(new Finding(
                    check,
                    Finding.Status.COULD_NOT_ASK,
                    denied
                            ? "The caller lacks the permission " + permission + "."
                            : "AWS answered " + AwsErrors.code(e) + ".",
                    denied
                            ? "Allow " + permission + " (docs/deploy.md has the policy of doctor)."
                            : "Repeat the command later."));
        } catch (SdkException e) {
            return List.of(new Finding(
                    check,
                    Finding.Status.COULD_NOT_ASK,
                    "AWS did not answer: " + e.getMessage(),
                    "Is the service available in " + region + ", and the network up? Repeat the command."));
        }
    }

    /** A check of what the local application does not have. */
    static Finding notLocal(String check) {
        return new Finding(
                check,
                Finding.Status.NOT_APPLICABLE,
                "The local application does not need it, or has nothing of it.",
                "");
    }

    private <C extends SdkClient> C client(Class<C> type, Supplier<C> made) {
        return type.cast(clients.computeIfAbsent(type, _ -> made.get()));
    }

    @Override
    public void close() {
        new ArrayList<>(clients.values()).forEach(SdkClient::close);
    }
}
