package dev.wakebox.cli;

import dev.wakebox.local.computer.ApplicationFacts;
import dev.wakebox.local.computer.LoopbackHttp;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * A running local application as its users see it: an HTTP API and an AWS endpoint. Thread-safe.
 *
 * @param api base URL of the HTTP API
 * @param aws the AWS endpoint
 * @param bucket the data bucket
 * @param trainingInstanceId the training server's instance
 * @param processingInstanceId the instance that processes uploads
 * @param stateMachine ARN of the state machine of runs
 * @param platform base URL of the stand-in of the video-analysis platform
 * @param token for the routes that require one
 */
record Application(
        URI api,
        URI aws,
        String bucket,
        String trainingInstanceId,
        String processingInstanceId,
        String stateMachine,
        URI platform,
        String token,
        HttpClient http) {
    /** An HTTP answer whose body is a JSON object. */
    record Answer(int status, JsonObject body) {
        /** The value as text, also of a number. */
        String text(String key) {
            return String.valueOf(body.get(key));
        }
    }

    /** Reads the file that {@code serve} writes when it is ready. */
    static Application ready(Path readyJson) throws IOException {
        var ready = ApplicationFacts.of(Json.object(Files.readAllBytes(readyJson)));
        return new Application(
                URI.create(ready.api()),
                URI.create(ready.aws()),
                ready.outputs().getOrDefault("DataBucketName", ""),
                ready.instance().orElse(""),
                ready.processor().orElse(""),
                ready.outputs().getOrDefault("EC2RunStateMachineArn", ""),
                URI.create(ready.platform().orElse("")),
                ready.token().orElse(""),
                LoopbackHttp.plain()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(5))
                        .build());
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(api + path)).GET());
    }

    /** As {@link #get}, from the AWS endpoint. */
    Answer getFromAws(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(aws.resolve(path)).GET());
    }

    Answer post(String path, String json) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(api + path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** As {@link #get}, with the token. */
    Answer authorizedGet(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(api + path)).header("authorization", "Bearer " + token));
    }

    /** Sends a POST with the token. */
    Answer authorizedPost(String path, String json) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(api + path))
                .header("authorization", "Bearer " + token)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** Makes the platform's stand-in complete a job with the given size and fault of its output. */
    void order(String id, String query) throws IOException, InterruptedException {
        var answer = send(HttpRequest.newBuilder(platform.resolve("/stand-in/jobs/" + id + "?" + query))
                .PUT(HttpRequest.BodyPublishers.noBody()));
        if (answer.status() != 201) {
            throw new IOException("The stand-in of the platform answered " + answer.status());
        }
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response =
                http.send(request.timeout(Duration.ofSeconds(35)).build(), HttpResponse.BodyHandlers.ofByteArray());
        byte[] body = response.body();
        if (body.length == 0 || body[0] != '{') {
            return new Answer(
                    response.statusCode(), JsonObject.of("message", new String(body, StandardCharsets.UTF_8)));
        }
        return new Answer(response.statusCode(), Json.object(body));
    }

    S3Client s3() {
        return client(S3Client.builder().forcePathStyle(true));
    }

    Ec2Client ec2() {
        return client(Ec2Client.builder());
    }

    /** The state of an existing instance, such as {@code running}. */
    static String state(Ec2Client ec2, String instanceId) {
        return ec2.describeInstances(DescribeInstancesRequest.builder()
                        .instanceIds(instanceId)
                        .build())
                .reservations()
                .getFirst()
                .instances()
                .getFirst()
                .state()
                .nameAsString();
    }

    LambdaClient lambda() {
        return client(LambdaClient.builder());
    }

    SfnClient stepFunctions() {
        return client(SfnClient.builder());
    }

    CloudWatchLogsClient logs() {
        return client(CloudWatchLogsClient.builder());
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder) {
        return builder.endpointOverride(aws)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .httpClient(LoopbackHttp.sdk())
                .build();
    }
}
