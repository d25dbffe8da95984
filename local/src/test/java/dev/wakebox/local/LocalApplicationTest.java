package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.local.host.LocalException;
import dev.wakebox.local.lambda.FunctionPool;
import dev.wakebox.local.lambda.InvocationResult;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.InvalidInstanceIdException;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** The toy application, started once for all tests of this class. */
class LocalApplicationTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path root;

    static EventCollector collector;
    static LocalApplication application;

    @BeforeAll
    static void start() {
        collector = new EventCollector();
        application = LocalApplication.start(ToyRepository.in(root).config(collector.uri()));
    }

    @AfterAll
    static void stop() {
        List<ProcessHandle> processes = ProcessHandle.current().descendants().toList();
        application.close();
        collector.close();
        assertThat(processes.stream().filter(ProcessHandle::isAlive).map(ProcessHandle::info))
                .isEmpty();
        assertThat(List.of(application.api(), application.aws())).noneMatch(LocalApplicationTest::isOpen);
    }

    @Nested
    class HttpApiOfTheTemplate {
        @Test
        void post_whenText_reachesTheFunctionAsText() {
            var response = send(request("/echo?name=%C3%A9%20x&name=2&flag")
                    .header("Content-Type", "application/json; charset=utf-8")
                    .header("Cookie", "theme=dark; lang=tr")
                    .header("X-Twice", "1")
                    .header("X-Twice", "2")
                    .POST(BodyPublishers.ofString("{\"é\":1}")));

            assertThat(response.statusCode()).isEqualTo(201);
            assertThat(response.headers().firstValue("x-toy")).hasValue("yes");
            assertThat(response.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
            var event = Json.object(response.body());
            assertThat(event)
                    .containsEntry("version", "2.0")
                    .containsEntry("routeKey", "POST /echo")
                    .containsEntry("rawPath", "/echo")
                    .containsEntry("rawQueryString", "name=%C3%A9%20x&name=2&flag")
                    .containsEntry("queryStringParameters", Map.of("name", "é x,2", "flag", ""))
                    .containsEntry("cookies", List.of("theme=dark", "lang=tr"))
                    .containsEntry("body", "{\"é\":1}")
                    .containsEntry("isBase64Encoded", false);
            assertThat(map(event.get("headers")))
                    .containsEntry("x-twice", "1,2")
                    .containsEntry("content-type", "application/json; charset=utf-8")
                    .doesNotContainKey("cookie");
            assertThat(map(map(event.get("requestContext")).get("http")))
                    .containsEntry("method", "POST")
                    .containsEntry("path", "/echo")
                    .containsEntry("sourceIp", "127.0.0.1");
            assertThat(map(event.get("requestContext")))
                    .containsEntry("accountId", "000000000000")
                    .containsEntry("stage", "$default")
                    .hasEntrySatisfying(
                            "requestId", id -> assertThat(id.toString()).isNotBlank())
                    .hasEntrySatisfying("time", time -> assertThat(time.toString())
                            .matches("\\d\\d/[A-Z][a-z][a-z]/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000"));
        }

        @Test
        void post_whenBytes_reachesTheFunctionAsBase64() {
            byte[] bytes = new byte[100_000];
            new Random(1).nextBytes(bytes);

            var response = send(request("/echo")
                    .header("Content-Type", "multipart/form-data; boundary=x")
                    .POST(BodyPublishers.ofByteArray(bytes)));

            var event = Json.object(response.body());
            assertThat(event).containsEntry("isBase64Encoded", true);
            assertThat(Base64.getDecoder().decode(String.valueOf(event.get("body"))))
                    .isEqualTo(bytes);
        }

        @Test
        void post_whenCompressed_reachesTheFunctionAsBase64() {
            byte[] bytes = {0x1f, (byte) 0x8b, 8, 0, (byte) 0xff};

            var response = send(request("/echo")
                    .header("Content-Type", "application/json")
                    .header("Content-Encoding", "gzip")
                    .POST(BodyPublishers.ofByteArray(bytes)));

            assertThat(Json.object(response.body()))
                    .containsEntry("isBase64Encoded", true)
                    .containsEntry("body", Base64.getEncoder().encodeToString(bytes));
        }

        @Test
        void post_whenTextIsNotUtf8_reachesTheFunctionAsItsBytes() {
            byte[] latin = "{\"name\": \"Muñoz\"}".getBytes(StandardCharsets.ISO_8859_1);

            var response = send(request("/echo")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(latin)));

            var event = Json.object(response.body());
            assertThat(event).containsEntry("isBase64Encoded", true);
            assertThat(Base64.getDecoder().decode(String.valueOf(event.get("body"))))
                    .isEqualTo(latin);
        }

        @Test
        void get_whenPathHasParameters_decodesThem() {
            assertThat(Json.object(send(request("/echo/a%20b%2Fc")).body()))
                    .containsEntry("pathParameters", Map.of("name", "a b/c"))
                    .doesNotContainKey("body");
            assertThat(Json.object(send(request("/files/a/b.txt")).body()))
                    .containsEntry("pathParameters", Map.of("path", "a/b.txt"))
                    .containsEntry("routeKey", "GET /files/{path+}");
        }

        @Test
        void any_whenNoRoute_answers404() {
            for (var request : List.of(
                    request("/"),
                    request("/echo/a/b"),
                    request("/echo").DELETE(),
                    request("//echo"),
                    request("/%ff"))) {
                assertThat(send(request)).satisfies(response -> {
                    assertThat(response.statusCode()).isEqualTo(404);
                    assertThat(text(response)).isEqualTo("{\"message\":\"Not Found\"}");
                });
            }
        }

        @Test
        void any_whenNotHttp_answers400InJson() throws IOException {
            for (String nonsense : List.of(
                    "GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
                    "GET /echo HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
                    "GET /echo HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n")) {
                String answer = raw(nonsense);
                assertThat(answer).as(nonsense).matches("(?s)HTTP/1.1 (4|5)\\d\\d .*\\{\"message\":\"[A-Za-z ]+\"}");
            }
        }

        @Test
        void post_whenAboveTenMegabytes_answers413() {
            var response = send(request("/echo").POST(BodyPublishers.ofByteArray(new byte[10 * 1024 * 1024 + 1])));

            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(text(response)).isEqualTo("{\"message\":\"Request Entity Too Large\"}");
        }

        @Test
        void post_whenTheBodyNeverEnds_answers413AndClosesTheConnection() throws IOException {
            byte[] chunk = ("100000\r\n" + "x".repeat(0x100000) + "\r\n").getBytes(UTF_8);
            try (var socket = new Socket(
                    InetAddress.getLoopbackAddress(), application.api().getPort())) {
                var out = socket.getOutputStream();
                out.write("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(UTF_8));
                assertThatThrownBy(() -> {
                            for (int megabytes = 0; megabytes < 1000; megabytes++) {
                                out.write(chunk);
                            }
                        })
                        .as("it is read for a while only")
                        .isInstanceOf(IOException.class);
            }
        }

        @Test
        void get_whenHeadersAreLargerThanApiGatewayTakes_answers431() throws IOException {
            String headers = "X-Large: " + "x".repeat(10_000) + "\r\n";

            assertThat(raw("GET /echo HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n"))
                    .startsWith("HTTP/1.1 201");
            assertThat(raw("GET /echo HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(300) + "\r\n" + headers + "\r\n"))
                    .startsWith("HTTP/1.1 431");
        }

        @Test
        void get_whenResultHasNoStatusCode_isTheBody() {
            var response = send(request("/echo?do=log"));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(text(response)).isEqualTo("{\"plain\":true}");
            assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        }

        @Test
        void get_whenFunctionFails_answers500WithoutDetails() {
            for (String path : List.of("/echo?do=throw", "/echo?do=exit", "/echo?do=nonsense", "/broken")) {
                var response = send(request(path));
                assertThat(response.statusCode()).as(path).isEqualTo(500);
                assertThat(text(response)).isEqualTo("{\"message\":\"Internal Server Error\"}");
            }
            assertThat(send(request("/echo")).statusCode()).isEqualTo(201);
        }

        @Test
        void preflight_whenOriginIsKnown_isAnsweredWithoutTheFunction() {
            var response = send(request("/nowhere")
                    .method("OPTIONS", BodyPublishers.noBody())
                    .header("Origin", "https://front.example")
                    .header("Access-Control-Request-Method", "POST"));

            assertThat(response.statusCode()).isEqualTo(204);
            assertThat(response.headers().map())
                    .containsEntry("access-control-allow-origin", List.of("https://front.example"))
                    .containsEntry("access-control-allow-methods", List.of("GET,POST"))
                    .containsEntry("access-control-allow-headers", List.of("content-type"))
                    .containsEntry("access-control-max-age", List.of("600"));
        }

        @Test
        void get_whenFromAPage_carriesCorsHeadersOnlyForKnownOrigins() {
            assertThat(send(request("/echo").header("Origin", "https://front.example"))
                            .headers()
                            .map())
                    .containsEntry("access-control-allow-origin", List.of("https://front.example"));
            assertThat(send(request("/nowhere").header("Origin", "https://front.example"))
                            .headers()
                            .map())
                    .containsEntry("access-control-allow-origin", List.of("https://front.example"));
            assertThat(send(request("/echo").header("Origin", "https://other.example"))
                            .headers()
                            .map())
                    .doesNotContainKey("access-control-allow-origin");
        }
    }

    @Nested
    class Callers {
        @Test
        void iam_whenSigned_letsIn() {
            var response = send(signed("/signed?b=2&a=%20x", "{\"x\":1}", "test", "test"));

            assertThat(response.statusCode()).isEqualTo(201);
            var context = map(Json.object(response.body()).get("requestContext"));
            assertThat(map(map(context.get("authorizer")).get("iam"))).containsEntry("accountId", "000000000000");
        }

        @Test
        void iam_whenNotSignedWell_answers403() {
            var tampered = signed("/signed", "{\"x\":1}", "test", "test").POST(BodyPublishers.ofString("{\"x\":2}"));
            for (var request : List.of(
                    request("/signed"),
                    request("/signed").header("Authorization", "AWS4-HMAC-SHA256 nonsense"),
                    signed("/signed", "", "test", "guess"),
                    signed("/signed", "", "other", "test"),
                    tampered)) {
                assertThat(send(request)).satisfies(response -> {
                    assertThat(response.statusCode()).isEqualTo(403);
                    assertThat(text(response)).isEqualTo("{\"message\":\"Forbidden\"}");
                });
            }
        }

        @Test
        void authorizer_whenAsked_decides() {
            assertThat(send(request("/guarded"))).satisfies(response -> {
                assertThat(response.statusCode()).isEqualTo(401);
                assertThat(text(response)).isEqualTo("{\"message\":\"Unauthorized\"}");
            });
            assertThat(send(request("/guarded").header("Authorization", "Bearer bob")))
                    .satisfies(response -> {
                        assertThat(response.statusCode()).isEqualTo(403);
                        assertThat(text(response)).isEqualTo("{\"message\":\"Forbidden\"}");
                    });
            var response = send(request("/guarded").header("Authorization", "Bearer alice"));
            assertThat(response.statusCode()).isEqualTo(201);
            var context = map(Json.object(response.body()).get("requestContext"));
            assertThat(map(map(context.get("authorizer")).get("lambda"))).containsEntry("name", "alice");
        }

        @Test
        void condition_whenParameterIsFalse_leavesTheRouteOpen() {
            assertThat(send(request("/maybe")).statusCode()).isEqualTo(201);
        }
    }

    @Nested
    class Lambda {
        @Test
        void environment_whenFunctionLooks_isLambdasOwn() {
            var answer = Json.object(send(request("/echo?do=environment")).body());

            assertThat(String.valueOf(answer.get("variables")).split(","))
                    .contains("AWS_LAMBDA_FUNCTION_NAME", "AWS_REGION", "AWS_ENDPOINT_URL", "COLLECTOR", "_HANDLER")
                    .doesNotContain("HOME", "JAVA_HOME", "WAKEBOX_API_PORT", "MAVEN_CMD_LINE_ARGS");
            assertThat(answer)
                    .containsEntry("arn", "arn:aws:lambda:us-east-1:000000000000:function:toy-echo")
                    .hasEntrySatisfying(
                            "remaining", left -> assertThat((Integer) left).isBetween(1, 3000));
        }

        @Test
        void invoke_whenManyAtOnce_runsInSeveralProcesses() {
            collector.expectMeetingOf(3);

            List<CompletableFuture<HttpResponse<byte[]>>> responses = IntStream.range(0, 3)
                    .mapToObj(_ -> HTTP.sendAsync(request("/echo?do=meet").build(), BodyHandlers.ofByteArray()))
                    .toList();

            assertThat(responses.stream().map(CompletableFuture::join).map(LocalApplicationTest::text))
                    .doesNotHaveDuplicates()
                    .hasSize(3);
            assertThat(application.lambda().environments("toy-echo")).isBetween(3, 4);
        }

        @Test
        void invoke_whenMoreThanEnvironments_servesAll() {
            List<CompletableFuture<InvocationResult>> results = IntStream.range(0, 100)
                    .mapToObj(_ -> application.lambda().invoke("toy-worker", "{}".getBytes(UTF_8)))
                    .toList();

            assertThat(results.stream().map(CompletableFuture::join))
                    .allMatch(InvocationResult.Success.class::isInstance);
            assertThat(application.lambda().environments("toy-worker")).isBetween(1, FunctionPool.MOST_ENVIRONMENTS);
        }

        @Test
        void invoke_whenOutOfTime_isKilledAndSaysSo() {
            var failure = (InvocationResult.Failure) application
                    .lambda()
                    .invoke("toy-echo", "{\"rawQueryString\":\"do=sleep\"}".getBytes(UTF_8))
                    .join();

            assertThat(Json.object(failure.payload()))
                    .containsEntry("errorType", "Sandbox.Timedout")
                    .hasEntrySatisfying("errorMessage", message -> assertThat(message.toString())
                            .endsWith("Task timed out after 3.00 seconds"));
        }

        @Test
        void invoke_whenProcessEnds_failsWithItsExitCode() {
            var failure = (InvocationResult.Failure) application
                    .lambda()
                    .invoke("toy-echo", "{\"rawQueryString\":\"do=exit\"}".getBytes(UTF_8))
                    .join();

            assertThat(Json.object(failure.payload()))
                    .containsEntry("errorType", "Runtime.ExitError")
                    .hasEntrySatisfying("errorMessage", message -> assertThat(message.toString())
                            .endsWith("exit status 7"));
        }

        @Test
        void invoke_whenFunctionCannotBeMade_failsWithTheReason() {
            var failure = (InvocationResult.Failure) application
                    .lambda()
                    .invoke("toy-broken", "{}".getBytes(UTF_8))
                    .join();

            assertThat(Json.object(failure.payload())).containsEntry("errorMessage", "TABLE is not set");
        }

        @Test
        void invoke_whenThroughAws_runsTheSameProcesses() {
            try (var lambda = client(LambdaClient.builder())) {
                var response = lambda.invoke(request -> request.functionName("toy-echo:live")
                        .payload(SdkBytes.fromUtf8String("{\"rawQueryString\":\"do=log\"}")));
                assertThat(response.functionError()).isNull();
                assertThat(Json.object(response.payload().asByteArray())).containsEntry("plain", true);
            }
        }

        @Test
        void log_whenInvoked_isLikeLambdas() {
            send(request("/echo?do=log"));

            assertThat(log("echo"))
                    .contains("START RequestId: ", "\na line of the function\n", "\nEND RequestId: ")
                    .containsPattern("REPORT RequestId: \\S+\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms"
                            + "\tMemory Size: 256 MB\tMax Memory Used: \\d+ MB\tInit Duration: \\d+\\.\\d\\d ms");
        }
    }

    @Nested
    class Events {
        @Test
        void s3_whenObjectIsPut_reachesTheFunctionThroughTheQueue() {
            try (var s3 = client(S3Client.builder().forcePathStyle(true))) {
                s3.putObject(request -> request.bucket(bucket()).key("inbox/one"), RequestBody.fromString("1"));
            }

            assertThat(collector.await(event -> event.contains("inbox/one")))
                    .contains("aws:sqs", "ObjectCreated:Put", bucket());
        }

        @Test
        void ec2_whenInstanceStops_reachesTheFunctionOfTheRule() {
            String instance = application.facts().instance().orElseThrow();
            try (var ec2 = client(Ec2Client.builder())) {
                ec2.startInstances(request -> request.instanceIds(instance));
                ec2.waiter().waitUntilInstanceRunning(request -> request.instanceIds(instance));
                ec2.stopInstances(request -> request.instanceIds(instance));

                String event = collector.await(each -> each.contains("EC2 Instance State-change Notification"));
                assertThat(Json.object(event.getBytes(UTF_8)))
                        .containsEntry("source", "aws.ec2")
                        .containsEntry("region", "us-east-1")
                        .containsEntry("account", "000000000000")
                        .containsEntry("detail", Map.of("instance-id", instance, "state", "stopped"));
                assertThat(ec2.describeInstances(request -> request.instanceIds(instance))
                                .reservations()
                                .getFirst()
                                .instances()
                                .getFirst()
                                .state()
                                .name())
                        .isEqualTo(InstanceStateName.STOPPED);
            }
        }
    }

    @Nested
    class Gateway {
        @Test
        void s3_whenSeveralMegabytes_passThroughUnchanged() {
            byte[] bytes = new byte[20_000_000];
            new Random(2).nextBytes(bytes);
            try (var s3 = client(S3Client.builder().forcePathStyle(true))) {
                s3.putObject(request -> request.bucket(bucket()).key("large/a b+c%/ü"), RequestBody.fromBytes(bytes));

                var read =
                        s3.getObjectAsBytes(request -> request.bucket(bucket()).key("large/a b+c%/ü"));
                assertThat(Arrays.equals(read.asByteArrayUnsafe(), bytes)).isTrue();
                assertThat(s3.headObject(request -> request.bucket(bucket()).key("large/a b+c%/ü"))
                                .contentLength())
                        .isEqualTo(bytes.length);
            }
        }

        @Test
        void ssm_whenNotOurs_isAnsweredByTheEmulator() {
            try (var ssm = client(SsmClient.builder())) {
                ssm.putParameter(request ->
                        request.name("/toy/one").type(ParameterType.STRING).value("1"));

                assertThat(ssm.getParameter(request -> request.name("/toy/one"))
                                .parameter()
                                .value())
                        .isEqualTo("1");
                // The emulator alone would accept a command for any instance.
                assertThatThrownBy(() -> ssm.sendCommand(request -> request.instanceIds("i-00000000000000000")
                                .documentName("AWS-RunShellScript")
                                .parameters(Map.of("commands", List.of("true")))))
                        .isInstanceOf(InvalidInstanceIdException.class);
            }
        }

        @Test
        @Timeout(300)
        void stepFunctions_whenManyExpressionsAreEvaluatedAtOnce_eachHasASecondOfItsOwn() {
            // Each computes for a tenth of a second, all together for several seconds.
            assertThat(evaluated("many", "$sum($map([1..10000], function($x) { $x * 2 }))", 60))
                    .allSatisfy(end -> assertThat(end.output()).as(end.cause()).isEqualTo("100010000"));
        }

        @Test
        @Timeout(300)
        void stepFunctions_whenAnExpressionNeverEnds_endsTheExecution() {
            assertThat(evaluated("endless", "($again := function($x) { $again($x + 1) }; $again(1))", 1))
                    .allSatisfy(end -> {
                        assertThat(end.error()).isEqualTo("States.QueryEvaluationError");
                        assertThat(end.cause()).contains("1000 milliseconds");
                    });
        }

        /** The final states of this many executions of the expression, all started at the same time. */
        private static List<DescribeExecutionResponse> evaluated(String name, String expression, int executions) {
            try (var stepFunctions = client(SfnClient.builder());
                    var lambda = client(LambdaClient.builder())) {
                String role = lambda.getFunctionConfiguration(request -> request.functionName("toy-echo"))
                        .role();
                var machine = stepFunctions.createStateMachine(request -> request.name(name)
                        .roleArn(role)
                        .definition(Json.string(Map.of(
                                "QueryLanguage",
                                "JSONata",
                                "StartAt",
                                "Evaluate",
                                "States",
                                Map.of(
                                        "Evaluate",
                                        Map.of("Type", "Pass", "Output", "{% " + expression + " %}", "End", true))))));
                List<String> started = IntStream.range(0, executions)
                        .mapToObj(_ -> stepFunctions
                                .startExecution(request -> request.stateMachineArn(machine.stateMachineArn()))
                                .executionArn())
                        .toList();
                return started.stream()
                        .map(execution -> {
                            var now = stepFunctions.describeExecution(request -> request.executionArn(execution));
                            while (now.status() == ExecutionStatus.RUNNING) {
                                LockSupport.parkNanos(100_000_000);
                                now = stepFunctions.describeExecution(request -> request.executionArn(execution));
                            }
                            return now;
                        })
                        .toList();
            }
        }

        @Test
        void any_whenFromAPageOfAnotherSite_isRefused() throws IOException {
            URI list = application.aws().resolve("/");
            for (String origin : List.of("https://evil.example", "http://localhost.evil.example", "null")) {
                assertThat(send(HttpRequest.newBuilder(list).header("Origin", origin))
                                .statusCode())
                        .as(origin)
                        .isEqualTo(403);
            }
            assertThat(send(HttpRequest.newBuilder(list).header("Origin", "http://localhost:5173"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(raw(application.aws(), "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 403 ");
        }

        @Test
        void instance_whenAskedForByALink_isNotStarted() {
            send(HttpRequest.newBuilder(application
                    .aws()
                    .resolve("/?Action=RunInstances&Version=2016-11-15&ImageId=ami-linux&MinCount=1&MaxCount=1"
                            + "&X-Amz-Credential=test/20260131/us-east-1/ec2/aws4_request")));

            try (var ec2 = client(Ec2Client.builder())) {
                assertThat(ec2.describeInstances().reservations().stream()
                                .flatMap(reservation -> reservation.instances().stream())
                                .filter(instance -> "ami-linux".equals(instance.imageId())))
                        .isEmpty();
            }
        }

        @Test
        void host_whenForwarded_isTheClients() {
            try (var s3 = client(S3Client.builder().forcePathStyle(true));
                    var presigner = S3Presigner.builder()
                            .endpointOverride(application.aws())
                            .region(Region.US_EAST_1)
                            .credentialsProvider(credentials())
                            .serviceConfiguration(S3Configuration.builder()
                                    .pathStyleAccessEnabled(true)
                                    .build())
                            .build()) {
                s3.putObject(request -> request.bucket(bucket()).key("shared"), RequestBody.fromString("for all"));
                var presigned = presigner.presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(1))
                        .getObjectRequest(get -> get.bucket(bucket()).key("shared")));
                var response =
                        send(HttpRequest.newBuilder(URI.create(presigned.url().toString())));
                assertThat(text(response)).isEqualTo("for all");
            }
        }
    }

    @Nested
    class NotStarting {
        @Test
        void start_whenPortIsTaken_saysWhichAndHowToChooseAnother() throws IOException {
            try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                var config = config(root, taken.getLocalPort(), 0);
                assertThatThrownBy(() -> LocalApplication.start(config))
                        .isInstanceOf(LocalException.class)
                        .hasMessage("Port " + taken.getLocalPort()
                                + " of 127.0.0.1 is taken by another program. Stop that program, or choose another port"
                                + " with --api-port or WAKEBOX_API_PORT.")
                        .extracting(e -> ((LocalException) e).exitCode())
                        .isEqualTo(2);
                assertThatThrownBy(() -> LocalApplication.start(config(root, 0, taken.getLocalPort())))
                        .hasMessageContaining("--aws-port or WAKEBOX_AWS_PORT");
            }
        }

        @Test
        void start_whenDirectoryIsInUse_saysSoAndLeavesItAlone() {
            var config = new ToyRepository(root).config(collector.uri());

            assertThatThrownBy(() -> LocalApplication.start(config))
                    .isInstanceOf(LocalException.class)
                    .hasMessageContaining("Another application (process ")
                    .hasMessageContaining(") runs in " + config.directory());
            assertThat(config.directory().resolve("ready.json")).exists();
        }

        @Test
        void start_whenFunctionIsNotBuilt_saysWhich(@TempDir Path other) throws IOException {
            ToyRepository.in(other);
            Files.move(other.resolve("functions/worker/target"), other.resolve("functions/worker/elsewhere"));

            assertThatThrownBy(() -> LocalApplication.start(config(other, 0, 0)))
                    .isInstanceOf(LocalException.class)
                    .hasMessageContaining("not built")
                    .hasMessageContaining("functions/worker")
                    .hasMessageNotContaining("functions/echo");
        }

        @Test
        void start_whenTemplateIsRefused_namesTheResource(@TempDir Path other) throws IOException {
            ToyRepository.in(other);
            Path template = other.resolve("template.yaml");
            Files.writeString(
                    template,
                    Files.readString(template).replace("Type: AWS::SQS::QueuePolicy", "Type: AWS::SQS::NoSuchThing"));

            assertThatThrownBy(() -> LocalApplication.start(config(other, 0, 0)))
                    .isInstanceOf(LocalException.class)
                    .hasMessageContaining("AWS::SQS::NoSuchThing");
        }

        private ApplicationConfig config(Path directory, int apiPort, int awsPort) {
            return new ApplicationConfig(
                    directory,
                    directory.resolve("second-run"),
                    ToyRepository.python(),
                    apiPort,
                    awsPort,
                    "toy",
                    ToyRepository.FAST,
                    Map.of("Collector", collector.uri()),
                    _ -> {});
        }
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(application.api() + path));
    }

    private static HttpRequest.Builder signed(String path, String body, String key, String secret) {
        var signed = AwsV4HttpSigner.create()
                .sign(request -> request.identity(AwsCredentialsIdentity.create(key, secret))
                        .request(SdkHttpFullRequest.builder()
                                .method(SdkHttpMethod.POST)
                                .uri(URI.create(application.api() + path))
                                .putHeader("content-type", "application/json")
                                .build())
                        .payload(ContentStreamProvider.fromUtf8String(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "execute-api")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1"));
        var request = request(path).POST(BodyPublishers.ofString(body));
        signed.request().forEachHeader((name, values) -> {
            if (!name.equalsIgnoreCase("host")) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request;
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String raw(String request) throws IOException {
        return raw(application.api(), request);
    }

    private static String raw(URI server, String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static boolean isOpen(URI uri) {
        try (var _ = new Socket(uri.getHost(), uri.getPort())) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String log(String module) {
        try {
            return Files.readString(root.resolve(".wakebox/run/logs").resolve(module + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String bucket() {
        return "toy-data-000000000000-us-east-1";
    }

    private static StaticCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    }

    private static <B extends AwsClientBuilder<B, C>, C> C client(B builder) {
        return builder.endpointOverride(application.aws())
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials())
                .build();
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), UTF_8);
    }

    @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        return (Map<String, @Nullable Object>) requireNonNull(value, "there is no such object in the JSON");
    }
}
