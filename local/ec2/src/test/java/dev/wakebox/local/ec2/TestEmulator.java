package dev.wakebox.local.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;
import software.amazon.awssdk.services.ssm.model.InstanceInformationStringFilter;

/** The emulator behind HTTP, with short delays, with the clients that a function would use (but no retries). */
final class TestEmulator implements AutoCloseable {
    /** The credentials of every instance. */
    static final Credentials CREDENTIALS = new Credentials("ASIATEST", "secret", "token", Instant.MAX);

    static final Timing FAST = new Timing(
            Duration.ofMillis(150),
            Duration.ofMillis(50),
            Duration.ofMillis(150),
            Duration.ofMillis(150),
            Duration.ofSeconds(1),
            Duration.ofMillis(50),
            Duration.ofHours(1),
            Duration.ofMillis(10),
            Duration.ofMillis(500));

    /** A long stop, so that a test can observe the instance while it stops. */
    static final Timing SLOW_STOP = new Timing(
            FAST.pending(),
            FAST.agent(),
            Duration.ofSeconds(5),
            FAST.shuttingDown(),
            FAST.grace(),
            FAST.disk(),
            FAST.visible(),
            FAST.delivery(),
            FAST.warning());

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    final Path directory;
    final Path images;
    final LocalCompute compute;
    final Ec2Client ec2;
    final SsmClient ssm;
    final List<LocalCompute.StateChange> changes = new CopyOnWriteArrayList<>();
    final Map<String, String> objects = new ConcurrentHashMap<>();

    private final HttpServer server;

    /** The configuration of an emulator below this directory; its instances also get these environment variables. */
    static LocalCompute.Config config(Path root, Map<String, String> environment) {
        return new LocalCompute.Config(
                root.resolve("instances"),
                root.resolve("images"),
                root.resolve("prices.json"),
                environment,
                "us-east-1",
                "000000000000",
                (_, _) -> CREDENTIALS);
    }

    TestEmulator(Path root) {
        this(root, FAST);
    }

    TestEmulator(Path root, Timing timing) {
        try {
            directory = root.resolve("instances");
            images = root.resolve("images");
            image("linux", Files.readString(Path.of("../images/linux/boot")));
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        compute = new LocalCompute(
                config(root, Map.of("AWS_ENDPOINT_URL", endpoint.toString(), "GREETING", "hello")),
                timing,
                Clock.systemUTC(),
                changes::add);
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
        ec2 = Ec2Client.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials)
                .overrideConfiguration(options ->
                        options.retryStrategy(RetryMode.STANDARD).retryStrategy(retries -> retries.maxAttempts(1)))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        ssm = SsmClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials)
                .overrideConfiguration(options ->
                        options.retryStrategy(RetryMode.STANDARD).retryStrategy(retries -> retries.maxAttempts(1)))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    void image(String name, String boot) {
        writeImage(images, name, boot);
    }

    static void writeImage(Path images, String name, String boot) {
        try {
            Path file = images.resolve(name).resolve("boot");
            Files.createDirectories(file.getParent());
            Files.writeString(file, boot);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RunInstancesRequest.Builder request() {
        return RunInstancesRequest.builder()
                .imageId("ami-linux")
                .instanceType("t4g.large")
                .iamInstanceProfile(profile -> profile.name("instance"))
                .minCount(1)
                .maxCount(1);
    }

    /** A request for an instance with faults, in the syntax of {@link Fault}. */
    static RunInstancesRequest.Builder faulty(String... faults) {
        return request()
                .tagSpecifications(TagSpecification.builder()
                        .resourceType(ResourceType.INSTANCE)
                        .tags(IntStream.range(0, faults.length)
                                .mapToObj(i -> Tag.builder()
                                        .key(Faults.TAG + i)
                                        .value(faults[i])
                                        .build())
                                .toList())
                        .build());
    }

    String launch() {
        return launch(request());
    }

    String launch(RunInstancesRequest.Builder request) {
        return ec2.runInstances(request.build()).instances().getFirst().instanceId();
    }

    /** A running instance that takes commands. */
    String online() {
        String id = launch();
        awaitOnline(id);
        return id;
    }

    void awaitOnline(String id) {
        until(id + " is online", () -> isOnline(id));
    }

    boolean isOnline(String id) {
        return ssm
                .describeInstanceInformation(request -> request.filters(InstanceInformationStringFilter.builder()
                        .key("InstanceIds")
                        .values(id)
                        .build()))
                .instanceInformationList()
                .stream()
                .anyMatch(information -> information.pingStatusAsString().equals("Online"));
    }

    Instance instance(String id) {
        return ec2.describeInstances(request -> request.instanceIds(id))
                .reservations()
                .getFirst()
                .instances()
                .getFirst();
    }

    String state(String id) {
        return instance(id).state().nameAsString();
    }

    void awaitState(String id, String state) {
        until(id + " is " + state, () -> state(id).equals(state));
    }

    List<String> changesOf(String id) {
        return changes.stream()
                .filter(change -> change.instanceId().equals(id))
                .map(LocalCompute.StateChange::state)
                .toList();
    }

    String send(String id, String... lines) {
        return send(id, Map.of("commands", List.of(lines)));
    }

    String send(String id, Map<String, List<String>> parameters) {
        return ssm.sendCommand(request -> request.instanceIds(id)
                        .documentName("AWS-RunShellScript")
                        .parameters(parameters))
                .command()
                .commandId();
    }

    GetCommandInvocationResponse invocation(String id, String command) {
        return ssm.getCommandInvocation(request -> request.commandId(command).instanceId(id));
    }

    GetCommandInvocationResponse awaitStatus(String id, String command, String status) {
        until(
                command + " is " + status,
                () -> invocation(id, command).statusAsString().equals(status));
        return invocation(id, command);
    }

    GetCommandInvocationResponse awaitEnd(String id, String command) {
        until(command + " has ended", () -> Stream.of("Pending", "InProgress", "Cancelling")
                .noneMatch(status -> status.equals(invocation(id, command).statusAsString())));
        return invocation(id, command);
    }

    /** Whether a process runs whose command line has these words. */
    static boolean runs(String words) {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.anyMatch(process -> commandLine(process).contains(words));
        }
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s, within %s", what, PATIENCE).isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }

    @Override
    public void close() {
        compute.close();
        ec2.close();
        ssm.close();
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestMethod().equals("PUT")) {
                objects.put(exchange.getRequestURI().getPath(), new String(body, StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            Optional<Instant> signed = Optional.of(LocalDateTime.parse(
                            exchange.getRequestHeaders().getFirst("X-Amz-Date"),
                            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'"))
                    .toInstant(ZoneOffset.UTC));
            LocalCompute.Answer answer = Optional.ofNullable(
                            exchange.getRequestHeaders().getFirst("X-Amz-Target"))
                    .map(target -> compute.ssm(target, body, signed).orElseThrow())
                    .orElseGet(() -> compute.ec2(new String(body, StandardCharsets.UTF_8), signed));
            exchange.getResponseHeaders().add("Content-Type", answer.contentType());
            answer.date().ifPresent(date -> exchange.getResponseHeaders()
                    .set("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(date.atOffset(ZoneOffset.UTC))));
            exchange.sendResponseHeaders(answer.status(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        }
    }
}
