package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import dev.wakebox.runtime.Json;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a deployed stack has beside its runs: the HTTP API, the data bucket, instances, queues and functions, in the shapes of AWS's
 * protocols. A test says what the API and the bucket answer.
 */
final class DeployedDomains {
    /** Outputs of the stack, beside {@code ApiUrl}. */
    static final Map<String, String> OUTPUTS = Map.of(
            "DataBucketName", "prod-data",
            "TrainingInstanceId", "i-training",
            "ProcessingInstanceId", "i-processing",
            "JwtSecretParameter", "/prod/jwt");

    private static final Map<String, String> RESOURCES = Map.of(
            "StopDeadLetterQueue", "AWS::SQS::Queue",
            "StopQueue", "AWS::SQS::Queue",
            "UploadDeadLetterQueue", "AWS::SQS::Queue",
            "DataBucket", "AWS::S3::Bucket",
            "StatusFunction", "AWS::Lambda::Function",
            "StatusFunctionAliaslive", "AWS::Lambda::Alias",
            "EmailFunction", "AWS::Lambda::Function");

    /** A request, without the query; {@code authorization} is the header, empty if there is none. */
    record Request(String line, String authorization, byte[] body) {
        String text() {
            return new String(body, UTF_8);
        }
    }

    /** The answer to a request that is not about runs, and the operation that it is for. */
    record Reply(String operation, int status, String text) {}

    private record Answer(int status, String text) {}

    /** The requests of the HTTP API and of presigned URLs so far. */
    final List<Request> requests = Collections.synchronizedList(new ArrayList<>());

    /** The dead messages, with the sender's attributes left out. */
    final List<String> dead = Collections.synchronizedList(new ArrayList<>());

    /** Decrypted parameters of Systems Manager, by name. */
    final Map<String, String> parameters = new ConcurrentHashMap<>();

    /** What SQS says about the newest move of messages. */
    Map<String, Object> move = Map.of("Status", "COMPLETED", "ApproximateNumberOfMessagesMoved", 2);

    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();

    /** Sets the next answer to a request such as {@code GET /status}; the last one stays. */
    DeployedDomains on(String request, int status, String body) {
        answers.computeIfAbsent(request, _ -> new ArrayDeque<>()).add(new Answer(status, body));
        return this;
    }

    /** The answer to a request that is not about runs; null for one that is. */
    @Nullable
    Reply answer(HttpExchange exchange, byte[] body) {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        String text = new String(body, UTF_8);
        String path = exchange.getRequestURI().getPath();
        if (target != null) {
            if (target.equals("AmazonSSM.GetParameter")) {
                String name = String.valueOf(Json.object(body).get("Name"));
                String value = parameters.getOrDefault(name, "");
                return new Reply(
                        "GetParameter", 200, Json.string(Map.of("Parameter", Map.of("Name", name, "Value", value))));
            }
            if (!target.startsWith("AmazonSQS.")) {
                return null;
            }
            String operation = target.substring("AmazonSQS.".length());
            return new Reply(operation, 200, Json.string(queue(operation, text)));
        }
        if (text.contains("Action=DescribeStacks&") || text.startsWith("Action=DescribeStacks")) {
            return null;
        }
        if (text.contains("Action=ListStackResources")) {
            return new Reply("ListStackResources", 200, resources());
        }
        if (text.contains("Action=DescribeInstances")) {
            return new Reply("DescribeInstances", 200, instances(text.contains("tag%3Awakebox%3Astack")));
        }
        if (path.startsWith("/2015-03-31/functions/")) {
            boolean fails = path.contains("prod-email");
            if (fails) {
                exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
            }
            requests.add(new Request(exchange.getRequestMethod() + " " + exchange.getRequestURI(), "", body));
            return new Reply("Invoke", 200, fails ? "{\"errorMessage\":\"no Records\"}" : "{\"statusCode\":200}");
        }
        String line = exchange.getRequestMethod() + " " + path;
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        requests.add(new Request(line, authorization == null ? "" : authorization, body));
        Deque<Answer> next = answers.getOrDefault(line, new ArrayDeque<>(List.of(new Answer(404, ""))));
        Answer answer = requireNonNull(next.size() > 1 ? next.poll() : next.peek());
        return new Reply(line, answer.status(), answer.text());
    }

    private Object queue(String operation, String body) {
        var request = Json.object(body.getBytes(UTF_8));
        String url = String.valueOf(request.get("QueueUrl"));
        return switch (operation) {
            case "GetQueueAttributes" ->
                Map.of(
                        "Attributes",
                        Map.of(
                                "QueueArn",
                                "arn:aws:sqs:eu-west-1:111122223333:" + url.substring(url.lastIndexOf('/') + 1),
                                "ApproximateNumberOfMessages",
                                url.contains("StopDead") ? String.valueOf(dead.size()) : "0",
                                "ApproximateNumberOfMessagesNotVisible",
                                "0"));
            case "ReceiveMessage" ->
                Map.of("Messages", dead.stream().map(DeployedDomains::message).toList());
            case "StartMessageMoveTask" -> {
                requests.add(new Request(operation, "", body.getBytes(UTF_8)));
                yield Map.of("TaskHandle", "t-1");
            }
            case "ListMessageMoveTasks" -> Map.of("Results", List.of(move));
            case "PurgeQueue" -> {
                dead.clear();
                yield Map.of();
            }
            default -> throw new IllegalStateException(operation);
        };
    }

    private static Object message(String body) {
        return Map.of(
                "MessageId",
                "m-" + body.length(),
                "ReceiptHandle",
                "r",
                "Body",
                body,
                "MD5OfBody",
                md5(body),
                "Attributes",
                Map.of("SentTimestamp", "1764417600000", "ApproximateReceiveCount", "3"));
    }

    private static String md5(String text) {
        try {
            return String.format(
                    "%032x", new BigInteger(1, MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String resources() {
        return "<ListStackResourcesResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><ListStackResourcesResult>"
                + "<StackResourceSummaries>"
                + RESOURCES.entrySet().stream()
                        .map(each -> "<member><LogicalResourceId>" + each.getKey()
                                + "</LogicalResourceId><PhysicalResourceId>"
                                + physical(each.getKey(), each.getValue()) + "</PhysicalResourceId><ResourceType>"
                                + each.getValue() + "</ResourceType></member>")
                        .collect(Collectors.joining())
                + "</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>";
    }

    private static String physical(String name, String type) {
        return switch (type) {
            case "AWS::SQS::Queue" -> "https://sqs.eu-west-1.amazonaws.com/111122223333/prod-" + name + "-1A2B3C";
            case "AWS::Lambda::Function" ->
                "prod-" + name.replace("Function", "").toLowerCase(java.util.Locale.ROOT);
            default -> name;
        };
    }

    private static String instances(boolean ofRuns) {
        String tags = ofRuns
                ? "<tagSet><item><key>wakebox:execution</key><value>" + DeployedStack.EXECUTION
                        + "live-1</value></item></tagSet>"
                : "";
        return """
                <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item>
                <instanceId>i-0a1b</instanceId><instanceType>t4g.small</instanceType><launchTime>2025-11-29T12:10:00Z</launchTime>
                <instanceState><code>16</code><name>running</name></instanceState>%s
                </item></instancesSet></item></reservationSet></DescribeInstancesResponse>""".formatted(tags);
    }
}
