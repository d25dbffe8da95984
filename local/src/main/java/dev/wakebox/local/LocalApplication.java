package dev.wakebox.local;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import dev.wakebox.local.Template.FunctionResource;
import dev.wakebox.local.compute.LocalCompute;
import dev.wakebox.local.compute.Timing;
import dev.wakebox.local.graphql.GraphQlStandIn;
import dev.wakebox.local.platform.PlatformStandIn;
import dev.wakebox.runtime.Json;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * The application of a {@code template.yaml}, running on this machine from {@link #start} to {@link #close}: the
 * emulator with the template deployed to it, the functions in processes of their own, instances that are real, the HTTP
 * API and the AWS endpoint. Everything listens on 127.0.0.1 and is written below one directory.
 */
public final class LocalApplication implements AutoCloseable {
    /** The credentials that are good here, as key id and as secret. */
    public static final String ACCESS_KEY = "test";

    private static final String REGION = "us-east-1";
    private static final String ACCOUNT = "000000000000";
    private static final String INSTANCE_PARAMETER = "TrainingInstanceId";
    private static final String PROCESSOR_PARAMETER = "ProcessingInstanceId";
    private static final String PLATFORM_TOKEN = "wakebox/platform-token";
    /** What the stand-in of the platform needs: it has no TLS, and runs one analytic. */
    private static final Map<String, String> PLATFORM_PARAMETERS = Map.of(
            "PlatformTokenArn",
            "arn:aws:secretsmanager:" + REGION + ":" + ACCOUNT + ":secret:" + PLATFORM_TOKEN,
            "PlatformTrustedHosts",
            "127.0.0.1",
            "IngressAnalytics",
            "wakebox/demo-labels");

    private static final String GRAPHQL_PARAMETER = "GraphqlEndpoint";
    private static final String JWT_SECRET = "/wakebox/jwt-secret";

    private static final Duration IDLE = Duration.ofMinutes(10);

    /**
     * What to run and where.
     *
     * @param root the repository: {@code template.yaml}, the functions' modules and {@code local/images} are below it
     * @param directory takes everything that is written; what an earlier run left there is overwritten
     * @param python of the virtual environment with the emulator
     * @param apiPort of the HTTP API; 0 for any free one
     * @param awsPort of the AWS endpoint; 0 for any free one
     * @param stack the name to deploy under
     * @param timing how long instances take to start and to stop
     * @param parameters of the template beside its defaults
     * @param progress is told each step, with how long it took
     */
    public record Config(
            Path root,
            Path directory,
            Path python,
            int apiPort,
            int awsPort,
            String stack,
            Timing timing,
            Map<String, String> parameters,
            Consumer<String> progress) {
        public Config {
            root = root.toAbsolutePath().normalize();
            directory = directory.toAbsolutePath().normalize();
            python = python.toAbsolutePath().normalize();
            requireNonNull(stack, "stack is null");
            parameters = Map.copyOf(parameters);
            requireNonNull(progress, "progress is null");
        }

        /** As the other, with instances at their usual pace. */
        public Config(
                Path root,
                Path directory,
                Path python,
                int apiPort,
                int awsPort,
                String stack,
                Map<String, String> parameters,
                Consumer<String> progress) {
            this(root, directory, python, apiPort, awsPort, stack, Timing.DEFAULT, parameters, progress);
        }

        /** The stack {@code wakebox} with the template's defaults, on free ports. */
        public static Config of(Path root, Path directory, Path python) {
            return new Config(root, directory, python, 0, 0, "wakebox", Map.of(), _ -> {});
        }

        String bucket() {
            return stack + "-data-" + ACCOUNT + "-" + REGION;
        }
    }

    private final Config config;
    private final Clock clock;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final ExecutorService announcements = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("instance-events").factory());
    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private volatile boolean closing;
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private volatile Consumer<LocalCompute.StateChange> onStateChange = _ -> {};
    private @Nullable LambdaService lambda;

    private LocalApplication(Config config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /**
     * Starts everything and returns when it is ready for requests.
     *
     * @throws LocalException saying what is wrong and what to do; nothing is left running then
     */
    public static LocalApplication start(Config config) {
        var application = new LocalApplication(config, Clock.systemUTC());
        try {
            application.start();
            return application;
        } catch (RuntimeException e) {
            application.close();
            throw e;
        }
    }

    /** The HTTP API. */
    public URI api() {
        return URI.create(String.valueOf(facts.get("api")));
    }

    /** The endpoint of every AWS service. */
    public URI aws() {
        return URI.create(String.valueOf(facts.get("aws")));
    }

    /**
     * What a program needs to know of the running application: addresses, names, outputs of the stack. It is in {@code
     * ready.json} of the directory, too, as long as the application is ready.
     */
    public Map<String, Object> facts() {
        return facts;
    }

    /** The functions, for an event that no service sends. */
    public LambdaService lambda() {
        return requireNonNull(lambda, "the application is not started");
    }

    /** Completes with the reason when the application can't go on; close it then. */
    public CompletableFuture<String> failure() {
        return failure;
    }

    /** Stops everything: no process and no open port is left. */
    @Override
    public void close() {
        closing = true;
        announcements.shutdownNow();
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                throw new LocalException("Not everything could be stopped: " + e.getMessage(), e);
            }
        }
    }

    private void start() {
        var began = Instant.now();
        var apiServer = opened(new LoopbackServer(config.apiPort(), "--api-port or WAKEBOX_API_PORT"));
        var awsServer = opened(new LoopbackServer(config.awsPort(), "--aws-port or WAKEBOX_AWS_PORT"));
        opened(DirectoryLock.of(config.directory()));
        var ready = new ReadyFile(config.directory().resolve("ready.json"));
        var parameters = new TreeMap<>(config.parameters());
        var graphQl = opened(GraphQlStandIn.start(0));
        var ours = new HashMap<>(PLATFORM_PARAMETERS);
        ours.put(GRAPHQL_PARAMETER, graphQl.uri().toString());
        ours.forEach(parameters::putIfAbsent);
        Template declared = Template.read(config.root().resolve("template.yaml"), parameters, pseudoParameters());
        parameters.keySet().removeIf(name -> ours.containsKey(name) && !declared.hasParameter(name));

        // Everything below that takes time goes on at once: the instances, the emulator's process, our own clients.
        var logs = new Logs(config.directory().resolve("logs"));
        var processes = opened(new ChildProcesses());
        var emulator = new MiniStack(config.python(), config.directory().resolve("ministack"), logs);
        Map<String, String> endpoints = endpoints(emulator.endpoint(), awsServer.uri());
        var compute = opened(compute(endpoints));
        var trainer = new SleepingInstance(compute, "trainer");
        var processor = new SleepingInstance(compute, "processor");
        onStateChange = change -> {
            trainer.changed(change);
            processor.changed(change);
        };
        if (declared.hasParameter(INSTANCE_PARAMETER)) {
            parameters.put(INSTANCE_PARAMETER, trainer.launch("BUCKET=" + config.bucket() + "\n"));
            facts.put("instance", parameters.get(INSTANCE_PARAMETER));
        }
        boolean uploads = declared.hasParameter(PROCESSOR_PARAMETER) && !parameters.containsKey(PROCESSOR_PARAMETER);
        if (uploads) {
            int port = MiniStack.freePort();
            parameters.put(
                    PROCESSOR_PARAMETER,
                    processor.launch(
                            "BUCKET=" + config.bucket() + "\nPORT=" + port + "\nAPI=" + apiServer.uri() + "\n"));
            parameters.putIfAbsent("ProcessorUrl", "http://127.0.0.1:" + port + "/process");
            parameters.putIfAbsent("MailFrom", "wakebox@example.org");
            parameters.putIfAbsent("MailContact", "help@example.org");
            facts.put("processor", parameters.get(PROCESSOR_PARAMETER));
        }

        Template template = declared.with(parameters);
        List<FunctionResource> functions = template.functions();
        LambdaService.requireBuilt(functions);
        HttpApi httpApi = template.httpApi();
        var deployment = new CompletableFuture<Deployment>();
        lambda = opened(new LambdaService(
                functions,
                name -> deployment.join().function(name),
                processes,
                config.directory(),
                logs,
                endpoints,
                REGION,
                IDLE,
                clock));
        emulator.start(
                processes,
                functions.stream().collect(toMap(FunctionResource::name, each -> lambda().invocationUri(each.name()))));
        var _ = emulator.ended().thenAccept(reason -> {
            if (!closing) {
                failure.complete(reason);
            }
        });

        deployment.complete(new Deployment(
                client(CloudFormationClient.builder(), emulator.endpoint()),
                client(S3Client.builder().forcePathStyle(true), emulator.endpoint()),
                client(LambdaClient.builder(), emulator.endpoint()),
                emulator.endpoint()));
        emulator.awaitReady();
        step("The emulator of AWS runs", began);

        var platform = opened(PlatformStandIn.start(0));
        client(SecretsManagerClient.builder(), emulator.endpoint())
                .createSecret(request -> request.name(PLATFORM_TOKEN).secretString(platform.tokenDocument()));
        awsServer.start(new AwsGateway(compute, emulator.endpoint(), lambda()::reconfigured));
        facts.put("outputs", deployment.join().create(config.stack(), template, parameters));
        step("template.yaml is deployed, with " + functions.size() + " functions", began);

        if (parameters.containsKey(INSTANCE_PARAMETER)) {
            trainer.awaitAsleep();
            step("The training instance " + parameters.get(INSTANCE_PARAMETER) + " sleeps", began);
        }
        if (uploads) {
            processor.awaitAsleep();
            step("The processing instance " + parameters.get(PROCESSOR_PARAMETER) + " sleeps", began);
        }
        var events = new InstanceEvents(
                client(EventBridgeClient.builder(), emulator.endpoint()),
                client(LambdaClient.builder(), emulator.endpoint()),
                REGION,
                ACCOUNT);
        onStateChange = change -> announcements.execute(() -> events.publish(change));
        apiServer.start(new FrontDoor(
                httpApi,
                byLogicalId(functions),
                new SigV4(ACCESS_KEY, ACCESS_KEY, clock),
                new FrontDoor.Identity(config.stack(), ACCOUNT, REGION),
                clock));
        platform.callWhenComplete(apiServer.uri().resolve("/job-complete"));
        facts.put("platform", platform.uri().toString());
        facts.put("graphql", graphQl.uri().toString());
        facts.put("token", token(emulator.endpoint()));
        facts.put("api", apiServer.uri().toString());
        facts.put("aws", awsServer.uri().toString());
        facts.put("emulator", emulator.endpoint().toString());
        facts.put("region", REGION);
        facts.put("stack", config.stack());
        facts.put(
                "functions",
                functions.stream()
                        .collect(toMap(
                                each -> each.module().getFileName().toString(),
                                FunctionResource::name,
                                (a, _) -> a,
                                TreeMap::new)));
        facts.put("logs", logs.directory().toString());
        facts.put("pid", ProcessHandle.current().pid());
        opened(ready).write(Json.string(facts));
    }

    /** A token that is good for every mentor until the application ends, signed with a new secret. */
    private String token(URI systemsManager) {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        String text = HexFormat.of().formatHex(secret);
        client(SsmClient.builder(), systemsManager).putParameter(request -> request.name(JWT_SECRET)
                .type(ParameterType.SECURE_STRING)
                .value(text));
        return Jwt.signed(
                Map.of(
                        "id",
                        "local-admin",
                        "role",
                        "ADMIN",
                        "mentorIds",
                        List.of(),
                        "exp",
                        clock.instant().plus(Duration.ofDays(30)).getEpochSecond()),
                text);
    }

    private LocalCompute compute(Map<String, String> endpoints) {
        var environment = new HashMap<>(endpoints);
        // The AWS CLI lies beside the emulator's Python.
        environment.put("PATH", config.python().getParent() + ":/usr/local/bin:/usr/bin:/bin");
        return new LocalCompute(
                new LocalCompute.Config(
                        config.directory().resolve("instances"),
                        config.root().resolve("local/images"),
                        environment,
                        REGION,
                        ACCOUNT),
                config.timing(),
                clock,
                change -> onStateChange.accept(change));
    }

    private void step(String what, Instant began) {
        config.progress()
                .accept(String.format(
                        Locale.ROOT,
                        "%s (%.1f s)",
                        what,
                        Duration.between(began, Instant.now()).toMillis() / 1000.0));
    }

    private Map<String, String> pseudoParameters() {
        return Map.of(
                "AWS::StackName",
                config.stack(),
                "AWS::AccountId",
                ACCOUNT,
                "AWS::Region",
                REGION,
                "AWS::Partition",
                "aws",
                "AWS::URLSuffix",
                "amazonaws.com");
    }

    /** What programs of this application need to reach AWS here: straight to the emulator where it can answer. */
    private static Map<String, String> endpoints(URI emulator, URI gateway) {
        return Map.of(
                "AWS_ACCESS_KEY_ID", ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY", ACCESS_KEY,
                "AWS_REGION", REGION,
                "AWS_DEFAULT_REGION", REGION,
                "AWS_ENDPOINT_URL", emulator.toString(),
                "AWS_ENDPOINT_URL_EC2", gateway.toString(),
                "AWS_ENDPOINT_URL_SSM", gateway.toString());
    }

    private FrontDoor.Functions byLogicalId(List<FunctionResource> functions) {
        Map<String, String> names =
                functions.stream().collect(toMap(FunctionResource::logicalId, FunctionResource::name));
        return (logicalId, requestId, event, deadline) ->
                lambda().invoke(requireNonNull(names.get(logicalId)), requestId, event, deadline);
    }

    private static <B extends AwsClientBuilder<B, C>, C> C client(B builder, URI endpoint) {
        return builder.endpointOverride(endpoint)
                .region(Region.of(REGION))
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, ACCESS_KEY)))
                .build();
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }
}
