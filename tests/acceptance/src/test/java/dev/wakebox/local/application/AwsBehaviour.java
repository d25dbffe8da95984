package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.functions.start.Starter;
import dev.wakebox.functions.stop.Stopper;
import dev.wakebox.runtime.Json;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.PreconditionFailedException;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.S3UploadUrls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.Event;
import software.amazon.awssdk.services.s3.model.QueueConfiguration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The behaviour of AWS on which the training server relies, tested with the subclass's emulator or account. */
abstract class AwsBehaviour {

    private final StaticCredentialsProvider credentials =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    private final String bucket = "wakebox-" + UUID.randomUUID();
    private S3Client s3;
    private S3ObjectStore objects;

    abstract URI endpoint();

    /** An image that exists. */
    abstract String image(Ec2Client ec2);

    @BeforeEach
    void makeBucket() {
        s3 = client(S3Client.builder().forcePathStyle(true));
        s3.createBucket(request -> request.bucket(bucket));
        objects = new S3ObjectStore(s3, bucket);
    }

    @Test
    void status_whenManyClaimAtOnce_hasOneWinner() throws Exception {
        var statuses = new StatusStore(objects, Clock.systemUTC());
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 10; round++) {
                var base = statuses.read();
                Callable<Boolean> claim = () -> {
                    try {
                        statuses.replace(
                                base,
                                base.status()
                                        .claimedBy(
                                                UUID.randomUUID().toString(),
                                                "textclassification",
                                                Clock.systemUTC().instant()));
                        return true;
                    } catch (PreconditionFailedException e) {
                        return false;
                    }
                };
                int winners = 0;
                for (var claimed : executor.invokeAll(Collections.nCopies(20, claim))) {
                    winners += claimed.get() ? 1 : 0;
                }
                assertThat(winners).as("winners of round %d", round).isEqualTo(1);
            }
        }
    }

    @Test
    void delete_whenTheObjectHasChanged_isRefused() {
        String first = objects.put("key", "1".getBytes(UTF_8), "text/plain", new Condition.Absent());
        String second = objects.put("key", "2".getBytes(UTF_8), "text/plain", new Condition.Unchanged(first));

        assertThatThrownBy(() -> objects.delete("key", new Condition.Unchanged(first)))
                .isInstanceOf(PreconditionFailedException.class);
        objects.delete("key", new Condition.Unchanged(second));

        assertThat(objects.get("key")).isEmpty();
        assertThat(objects.head("key")).isEmpty();
    }

    @Test
    void jobFile_whenCreatedAndDeleted_isAnnouncedToTheQueue() {
        var sqs = client(SqsClient.builder());
        String queue = sqs.createQueue(request -> request.queueName(bucket)).queueUrl();
        String arn = sqs.getQueueAttributes(
                        request -> request.queueUrl(queue).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN);
        sqs.setQueueAttributes(
                request -> request.queueUrl(queue).attributes(Map.of(QueueAttributeName.POLICY, """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
                 "Action": "sqs:SendMessage", "Resource": "%s"}]}""".formatted(arn))));
        var toQueue = QueueConfiguration.builder()
                .queueArn(arn)
                .events(Event.S3_OBJECT_CREATED, Event.S3_OBJECT_REMOVED)
                .build();
        s3.putBucketNotificationConfiguration(request -> request.bucket(bucket)
                .notificationConfiguration(configuration -> configuration.queueConfigurations(toQueue)));

        objects.put(TrainingJobFile.KEY, "{}".getBytes(UTF_8), "application/json", new Condition.Always());
        assertThat(nextEvent(sqs, queue).is(S3Event.Kind.CREATED, bucket, TrainingJobFile.KEY))
                .isTrue();
        objects.delete(TrainingJobFile.KEY);
        assertThat(nextEvent(sqs, queue).is(S3Event.Kind.REMOVED, bucket, TrainingJobFile.KEY))
                .isTrue();
    }

    @Test
    void upload_whenPresigned_isStored() throws Exception {
        byte[] csv = "input,label\na,b\n".getBytes(UTF_8);
        try (var presigner = S3Presigner.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials)
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build()) {
            var upload = new S3UploadUrls(presigner, bucket)
                    .put("datasets/a.csv", "text/csv", Long.valueOf(csv.length), Duration.ofMinutes(5));
            var put = HttpRequest.newBuilder(URI.create(upload.url())).PUT(HttpRequest.BodyPublishers.ofByteArray(csv));
            upload.headers().forEach((name, value) -> {
                if (!name.equalsIgnoreCase("content-length")) {
                    put.header(name, value);
                }
            });

            assertThat(HttpClient.newHttpClient()
                            .send(put.build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(objects.get("datasets/a.csv").orElseThrow().body()).isEqualTo(csv);
    }

    @Test
    void run_whenStartedAndStopped_wakesTheInstanceAndPutsItToSleep() {
        var ec2 = client(Ec2Client.builder());
        var instances = new Ec2Instances(ec2);
        String id = ec2.runInstances(request -> request.imageId(image(ec2))
                        .instanceType("t3.micro")
                        .minCount(1)
                        .maxCount(1))
                .instances()
                .getFirst()
                .instanceId();
        awaitState(instances, id, InstanceState.RUNNING);
        instances.stop(id);
        awaitState(instances, id, InstanceState.STOPPED);
        var statuses = new StatusStore(objects, Clock.systemUTC());
        var base = statuses.read();
        statuses.replace(
                base,
                base.status()
                        .claimedBy(
                                "token", "textclassification", Clock.systemUTC().instant()));
        objects.put(TrainingJobFile.KEY, "{}".getBytes(UTF_8), "application/json", new Condition.Always());

        assertThat(new Starter(objects, instances, id, Clock.systemUTC()).jobCreated())
                .isEqualTo("Instance started.");
        awaitState(instances, id, InstanceState.RUNNING);
        objects.delete(TrainingJobFile.KEY);
        assertThat(new Stopper(objects, instances, id, Clock.systemUTC())
                        .jobRemoved(Clock.systemUTC().instant()))
                .isEqualTo("Instance stopped.");

        assertThat(statuses.read().status().active()).isFalse();
        awaitState(instances, id, InstanceState.STOPPED);
        ec2.terminateInstances(request -> request.instanceIds(id));
    }

    @Test
    void describe_whenThereIsNoSuchInstance_isEmpty() {
        assertThat(new Ec2Instances(client(Ec2Client.builder())).describe("i-0123456789abcdef0"))
                .isEmpty();
    }

    static S3Event nextEvent(SqsClient sqs, String queue) {
        for (int tries = 0; tries < 20; tries++) {
            var messages = sqs.receiveMessage(request ->
                            request.queueUrl(queue).waitTimeSeconds(2).maxNumberOfMessages(1))
                    .messages();
            for (var message : messages) {
                sqs.deleteMessage(request -> request.queueUrl(queue).receiptHandle(message.receiptHandle()));
                List<S3Event> events =
                        S3Event.fromNotification(Json.object(message.body().getBytes(UTF_8)));
                if (!events.isEmpty()) { // the first message is s3:TestEvent
                    return events.getFirst();
                }
            }
        }
        throw new AssertionError("S3 announced nothing");
    }

    private static void awaitState(Ec2Instances instances, String id, InstanceState state) {
        RunningApplication.await(
                id + " is " + state.awsName(),
                A_WHILE,
                () -> instances.describe(id).orElseThrow().state() == state);
    }

    <B extends AwsClientBuilder<B, C>, C> C client(AwsClientBuilder<B, C> builder) {
        return builder.endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials)
                .build();
    }
}
