package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * AWS with one deployed stack, in the shapes of its JSON and query protocols: the stack's outputs, its executions and the output of their
 * commands. It notes every operation that it answers. While it runs, the SDK has credentials for it.
 */
final class DeployedStack implements AutoCloseable {
    static final String REGION = "eu-west-1";
    static final String STATE_MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:prod-ec2-run";
    static final String EXECUTION = "arn:aws:states:eu-west-1:111122223333:execution:prod-ec2-run:";
    private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=(\\w+)");
    private static final double START = 1_764_417_600;

    private static final String DOCUMENT = """
            {"commands": ["make"], "instance_parameters": {"InstanceId": "i-0a1b2c3d4e5f60718"}, "command_id": "c-7",
             "outcome": "SUCCEEDED", "cause": "Every command succeeded.", "dry_run": {"request": {"ImageId": "ami-1"}},
             "run": {"attempt": 0, "history": [],
              "trace": {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
              "launch": {"attempt": 0, "launched_at": "2025-11-29T12:00:02Z",
               "purchase": {"instance_type": "t4g.small", "spot": true, "zone": "eu-west-1a"}},
              "stopping": {"attempt": 0, "since": "2025-11-29T12:01:28Z", "sizes": [{"type": "gp3", "gib": 8}]},
              "logs": {"log_group": "/prod/commands",
              "stdout_stream": "c-7/out", "stderr_stream": "c-7/err"}}}""";

    /** The operations that were called, such as {@code ListExecutions}, in their order. */
    final List<String> operations = Collections.synchronizedList(new ArrayList<>());

    /** The inputs of the executions that were started, by name. */
    final Map<String, String> started = new ConcurrentHashMap<>();

    /** How many events the execution {@code long} has at first, and how many lines its commands have written. */
    static final int LONG_EVENTS = 24_000;

    static final int LONG_LINES = 100_000;

    private final AtomicInteger polls = new AtomicInteger();

    /** The operation that is refused, and AWS's code and message for that. */
    record Refusal(String operation, String code, String message) {}

    @Nullable
    Refusal refusal;

    /** The parts of the stack beside its runs. */
    final DeployedDomains domains = new DeployedDomains();

    /** How many executions of the past there are; {@code ListExecutions} names them {@code past-0} and so on. */
    int past = 2;

    /** The parameters of the stack. */
    final Map<String, String> parameters = new LinkedHashMap<>(Map.of("OutputBuckets", ""));

    /** The answers to operations of further services, by the operation's name and the text of the request. */
    final Map<String, Function<String, Answer>> others = new ConcurrentHashMap<>();

    private final HttpServer server;

    /** An answer of a further service. */
    record Answer(int status, String text) {}

    DeployedStack() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        System.setProperty("aws.accessKeyId", "AKIAEXAMPLE");
        System.setProperty("aws.secretAccessKey", "secret");
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        String body = new String(bytes, UTF_8);
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        String named = target == null ? action(exchange, body) : target.substring(target.indexOf('.') + 1);
        if (others.containsKey(named)) {
            operations.add(named);
            Answer other = others.get(named).apply(body);
            send(exchange, other.status, other.text);
            return;
        }
        DeployedDomains.Reply ofOtherDomain = domains.answer(exchange, bytes);
        if (ofOtherDomain != null) {
            operations.add(ofOtherDomain.operation());
            send(exchange, ofOtherDomain.status(), ofOtherDomain.text());
            return;
        }
        if (target == null) {
            operations.add("DescribeStacks");
            if (refusal != null && refusal.operation.equals("DescribeStacks")) {
                send(exchange, 403, "text/xml", error(refusal.code, refusal.message));
                return;
            }
            boolean known = body.contains("StackName=prod");
            send(exchange, known ? 200 : 400, "text/xml", known ? stacks() : noStack());
            return;
        }
        String operation = target.substring(target.indexOf('.') + 1);
        operations.add(operation);
        if (refusal != null && refusal.operation.equals(operation)) {
            send(
                    exchange,
                    400,
                    "application/x-amz-json-1.0",
                    Json.string(Map.of("__type", refusal.code, "message", refusal.message)));
            return;
        }
        Map<String, @Nullable Object> request = Map.copyOf(withoutNulls(Json.object(body.getBytes(UTF_8))));
        String name = String.valueOf(request.get("executionArn")).replace(EXECUTION, "");
        if (name.equals("nosuch") || name.contains(":execution:prod-ec2-run-array:")) {
            send(
                    exchange,
                    400,
                    "application/x-amz-json-1.0",
                    "{\"__type\": \"ExecutionDoesNotExist\", \"message\": \"Execution Does Not Exist\"}");
            return;
        }
        Object answer =
                switch (operation) {
                    case "StartExecution" -> start(request);
                    case "ListExecutions" -> list(request);
                    case "DescribeExecution" -> describe(name);
                    case "GetExecutionHistory" ->
                        page(
                                request,
                                "events",
                                history(name, polls.get(), Boolean.TRUE.equals(request.get("reverseOrder"))));
                    case "StopExecution" -> Map.of("stopDate", START + 60);
                    case "GetLogEvents" -> lines(request);
                    default -> throw new IllegalStateException(operation);
                };
        send(exchange, 200, "application/x-amz-json-1.0", Json.string(answer));
    }

    /** The action of a query, or method and path of a REST request. */
    private static String action(HttpExchange exchange, String body) {
        Matcher action = ACTION.matcher(body);
        return action.find() ? action.group(1) : exchange.getRequestMethod() + " " + exchange.getRequestURI();
    }

    private Object start(Map<String, @Nullable Object> request) {
        String name = String.valueOf(request.get("name"));
        started.put(name, String.valueOf(request.get("input")));
        return Map.of("executionArn", EXECUTION + name, "startDate", START);
    }

    private Object list(Map<String, @Nullable Object> request) {
        var executions = new ArrayList<Object>();
        for (int i = 0; i < past; i++) {
            executions.add(Map.of(
                    "name",
                    "past-" + i,
                    "executionArn",
                    EXECUTION + "past-" + i,
                    "stateMachineArn",
                    STATE_MACHINE,
                    "status",
                    "SUCCEEDED",
                    "startDate",
                    START - 3600.0 * i,
                    "stopDate",
                    START - 3600.0 * i + 90));
        }
        return page(request, "executions", executions);
    }

    private static Object page(Map<String, @Nullable Object> request, String name, List<Object> all) {
        int from = request.get("nextToken") instanceof String token ? Integer.parseInt(token) : 0;
        int to = Math.min(all.size(), from + ((Number) request.getOrDefault("maxResults", 100)).intValue());
        List<Object> page = all.subList(from, to);
        return to < all.size() ? Map.of(name, page, "nextToken", String.valueOf(to)) : Map.of(name, page);
    }

    /**
     * {@code live…} is running, {@code long} ends with the fourth call, {@code bad…} has failed, and every other one has
     * succeeded.
     */
    private Object describe(String name) {
        boolean running = name.startsWith("live") || (name.equals("long") && polls.incrementAndGet() < 4);
        var execution = new LinkedHashMap<String, Object>(
                Map.of(
                        "executionArn", EXECUTION + name,
                        "stateMachineArn", STATE_MACHINE,
                        "name", name,
                        "startDate", START,
                        "input",
                                "{\"commands\": [\"make\"], \"instance_parameters\": {\"ImageId\": \"ami-1\", \"InstanceType\": \"t4g.small\","
                                        + " \"IamInstanceProfile\": {\"Name\": \"job\"}}, \"run_options\": {\"timeout_s\": 60}}"));
        execution.put("status", running ? "RUNNING" : name.startsWith("bad") ? "FAILED" : "SUCCEEDED");
        if (!running) {
            execution.put("stopDate", START + 90);
        }
        if (name.startsWith("bad")) {
            execution.put("error", "COMMAND_FAILED");
            execution.put("cause", "The command make ended with 2.");
        } else if (!running) {
            execution.put("output", document(name));
        }
        return execution;
    }

    private static String document(String name) {
        return name.equals("long") ? DOCUMENT.replace("c-7/", "long/") : DOCUMENT;
    }

    private static List<Object> history(String name, int polls, boolean newestFirst) {
        var events = new ArrayList<Object>();
        events.add(Map.of("id", 1, "previousEventId", 0, "timestamp", START, "type", "ExecutionStarted"));
        events.add(event(
                2, "TaskStateEntered", "stateEnteredEventDetails", Map.of("name", "EC2StarterFromAMI", "input", "{}")));
        events.add(event(
                3,
                "TaskStateExited",
                "stateExitedEventDetails",
                Map.of("name", "EC2StarterFromAMI", "output", document(name))));
        events.add(event(
                4,
                "TaskStateEntered",
                "stateEnteredEventDetails",
                Map.of("name", "EC2Poller", "input", document(name))));
        for (int i = 5; name.equals("long") && i <= LONG_EVENTS + polls * 10; i++) {
            events.add(event(
                    i,
                    "TaskStateEntered",
                    "stateEnteredEventDetails",
                    Map.of("name", "EC2Poller", "input", document(name))));
        }
        if (!name.startsWith("live") && !name.equals("long")) {
            events.add(event(
                    5,
                    "TaskStateEntered",
                    "stateEnteredEventDetails",
                    Map.of("name", "EC2Stopper", "input", document(name)),
                    88));
        }
        if (name.startsWith("bad")) {
            events.add(event(6, "ExecutionFailed", "executionFailedEventDetails", Map.of("error", "COMMAND_FAILED")));
        }
        return newestFirst ? events.reversed() : events;
    }

    private static Object event(int id, String type, String key, Map<String, String> details) {
        return event(id, type, key, details, id);
    }

    private static Object event(int id, String type, String key, Map<String, String> details, int second) {
        return Map.of("id", id, "previousEventId", id - 1, "timestamp", START + second, "type", type, key, details);
    }

    /** Standard output has one line, that of {@code long} {@link #LONG_LINES}, and standard error one. */
    private static Object lines(Map<String, @Nullable Object> request) {
        String stream = String.valueOf(request.get("logStreamName"));
        int from = request.get("nextToken") instanceof String token ? Integer.parseInt(token.substring(2)) : 0;
        int to = Math.min(stream.equals("long/out") ? LONG_LINES : 1, from + 10_000);
        var lines = new ArrayList<Object>();
        for (int i = from; i < to; i++) {
            boolean err = stream.endsWith("err");
            lines.add(Map.of(
                    "timestamp", (long) (START * 1000) + i + (err ? 2 : 1), "message", err ? "careful" : "cc main.c"));
        }
        return Map.of("events", lines, "nextForwardToken", "f/" + to, "nextBackwardToken", "b/" + from);
    }

    private String stacks() {
        String others = DeployedDomains.OUTPUTS.entrySet().stream()
                .map(output -> "<member><OutputKey>" + output.getKey() + "</OutputKey><OutputValue>" + output.getValue()
                        + "</OutputValue></member>")
                .collect(joining());
        return """
                <DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
                <StackName>prod</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><Parameters>%s</Parameters><Outputs>
                <member><OutputKey>EC2RunStateMachineArn</OutputKey><OutputValue>%s</OutputValue></member>
                <member><OutputKey>ApiUrl</OutputKey><OutputValue>%s</OutputValue></member>%s
                </Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>""".formatted(
                        parameters.entrySet().stream()
                                .map(parameter -> "<member><ParameterKey>" + parameter.getKey()
                                        + "</ParameterKey><ParameterValue>" + parameter.getValue()
                                        + "</ParameterValue></member>")
                                .collect(joining()),
                        STATE_MACHINE,
                        endpoint(),
                        others);
    }

    private static String noStack() {
        return error("ValidationError", "Stack with id other does not exist");
    }

    private static String error(String code, String message) {
        return """
                <ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
                <Code>%s</Code><Message>%s</Message></Error></ErrorResponse>""".formatted(code, message);
    }

    private static Map<String, Object> withoutNulls(Map<String, @Nullable Object> json) {
        var copy = new LinkedHashMap<String, Object>();
        json.forEach((key, value) -> {
            if (value != null) {
                copy.put(key, value);
            }
        });
        return copy;
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, text.startsWith("<") ? "text/xml" : "application/json", text);
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean empty = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, empty ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }
}
