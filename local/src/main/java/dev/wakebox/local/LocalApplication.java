package dev.wakebox.local;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import dev.wakebox.local.computer.ApplicationFacts;
import dev.wakebox.local.ec2.LocalCompute;
import dev.wakebox.local.host.ChildProcesses;
import dev.wakebox.local.host.DirectoryLock;
import dev.wakebox.local.host.LocalException;
import dev.wakebox.local.host.Logs;
import dev.wakebox.local.host.LoopbackServer;
import dev.wakebox.local.host.OpenResources;
import dev.wakebox.local.host.PathEncoding;
import dev.wakebox.local.httpapi.FrontDoor;
import dev.wakebox.local.httpapi.HttpApi;
import dev.wakebox.local.httpapi.SigV4;
import dev.wakebox.local.lambda.FunctionResource;
import dev.wakebox.local.lambda.LambdaService;
import dev.wakebox.local.mail.MailboxSimulator;
import dev.wakebox.local.mail.SesGateway;
import dev.wakebox.local.template.Template;
import dev.wakebox.runtime.Json;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The application of a {@code template.yaml}, running on this computer from {@link #start} to {@link #close}: the
 * emulator with the deployed template, the functions in processes of their own, instances as real processes, the HTTP
 * API and the AWS endpoint. All servers listen on 127.0.0.1, and all files are below one directory.
 */
public final class LocalApplication implements AutoCloseable {
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final ApplicationConfig config;
    private final Clock clock;
    private final OpenResources open = new OpenResources();
    private final ExecutorService announcements = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("instance-events").factory());
    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private volatile boolean closing;
    private @Nullable ApplicationFacts facts;
    private volatile Consumer<LocalCompute.StateChange> onStateChange = _ -> {};
    private @Nullable LambdaService lambda;

    private LocalApplication(ApplicationConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /**
     * Starts the application and returns when it is ready for requests.
     *
     * @throws LocalException with what is wrong and what to do; nothing is left running then
     */
    public static LocalApplication start(ApplicationConfig config) {
        var application = new LocalApplication(config, Clock.systemUTC());
        try {
            application.start();
            return application;
        } catch (RuntimeException e) {
            try {
                application.close();
            } catch (LocalException notStopped) {
                e.addSuppressed(notStopped);
            }
            throw e;
        }
    }

    /** The HTTP API. */
    public URI api() {
        return URI.create(facts().api());
    }

    /** The endpoint of every AWS service. */
    public URI aws() {
        return URI.create(facts().aws());
    }

    /** Addresses, names and outputs of the stack. {@code ready.json} in the directory has them while the application is ready. */
    public ApplicationFacts facts() {
        return requireNonNull(facts, "the application is not started");
    }

    /** The functions, for events that no service sends. */
    public LambdaService lambda() {
        return requireNonNull(lambda, "the application is not started");
    }

    /** Completes with the reason when the application can't continue; close it then. */
    public CompletableFuture<String> failure() {
        return failure;
    }

    /** Stops the application: no process and no open port is left. */
    @Override
    public void close() {
        closing = true;
        announcements.shutdownNow();
        open.close();
    }

    private void start() {
        var began = Instant.now();
        PathEncoding.requireUsable(config.root());
        PathEncoding.requireUsable(config.directory());
        var apiServer = opened(new LoopbackServer(
                config.apiPort(), "--api-port or WAKEBOX_API_PORT", LoopbackServer.Limits.OF_THE_API));
        var awsServer = opened(
                new LoopbackServer(config.awsPort(), "--aws-port or WAKEBOX_AWS_PORT", LoopbackServer.Limits.OF_AWS));
        opened(DirectoryLock.of(config.directory()));
        var ready = new ReadyFile(config.directory().resolve("ready.json"));
        Template declared =
                Template.read(config.root().resolve("template.yaml"), config.parameters(), config.pseudoParameters());
        URI api = URI.create(apiServer.uri() + declared.httpApi().basePath());

        // These slow steps run concurrently: the instances, the emulator's process, our own clients.
        var logs = new Logs(config.directory().resolve("logs"));
        var processes = opened(new ChildProcesses());
        var emulator = new MiniStack(config.python(), config.directory().resolve("ministack"), logs);
        var clients = new EmulatorClients(emulator.endpoint());
        Map<String, String> endpoints = endpoints(awsServer.uri());
        var roles = new Roles(clients.build(StsClient.builder()));
        var instanceRoles = new InstanceRoles(clients.build(IamClient.builder()), roles);
        var compute = opened(compute(endpoints, instanceRoles));
        var context = new Companion.Context(declared, config.parameters(), config.bucket(), api, compute, open, clock);
        List<Companion> companions = Companion.all(context);
        onStateChange = change -> companions.forEach(each -> each.instanceChanged(change));
        var parameters = new TreeMap<>(config.parameters());
        companions.forEach(each -> putNeeded(parameters, each.parameters(), context));

        Template template = declared.with(parameters);
        List<FunctionResource> functions = template.functions();
        LambdaService.requireBuilt(functions);
        var deployment = new CompletableFuture<Deployment>();
        lambda = opened(new LambdaService(
                functions,
                name -> deployment.join().function(name),
                processes,
                config.directory(),
                logs,
                endpoints,
                LocalAccount.REGION,
                IDLE,
                clock));
        emulator.start(
                processes,
                functions.stream().collect(toMap(FunctionResource::name, each -> lambda().invocationUri(each.name()))),
                awsServer.uri());
        var _ = emulator.ended().thenAccept(this::fail);
        deployment.complete(new Deployment(clients, roles));
        emulator.awaitReady();
        instanceRoles.create(config.stack(), config.bucket());
        step("The emulator of AWS runs", began);

        companions.forEach(each -> putNeeded(parameters, each.createResources(clients), context));
        serveAws(awsServer, compute, instanceRoles, clients);
        Map<String, String> outputs = deployment.join().create(config.stack(), template, parameters);
        step("template.yaml is deployed, with " + functions.size() + " functions", began);

        companions.forEach(each -> each.awaitReady().ifPresent(progress -> step(progress, began)));
        announceInstances(clients);
        serveApi(apiServer, template.httpApi(), functions);
        companions.forEach(each -> each.apiReady(api));
        var ofCompanions = new HashMap<String, String>();
        companions.forEach(each -> ofCompanions.putAll(each.facts()));
        facts = new ApplicationFacts(
                api.toString(),
                awsServer.uri().toString(),
                emulator.endpoint().toString(),
                LocalAccount.REGION,
                config.stack(),
                outputs,
                namesByModule(functions),
                logs.directory().toString(),
                ProcessHandle.current().pid(),
                ofCompanions);
        opened(ready).write(Json.string(facts));
    }

    private void fail(String reason) {
        if (!closing) {
            failure.complete(reason);
        }
    }

    private static void putNeeded(
            Map<String, String> parameters, Map<String, String> offered, Companion.Context context) {
        offered.forEach((name, value) -> {
            if (context.needs(name)) {
                parameters.put(name, value);
            }
        });
    }

    private void serveAws(
            LoopbackServer server, LocalCompute compute, InstanceRoles instanceRoles, EmulatorClients clients) {
        var mails = new SesGateway(
                new MailboxSimulator(clients.build(SesV2Client.builder()), clients.build(SnsClient.builder()), clock));
        server.start(new AwsGateway(
                compute,
                mails,
                opened(new PolicyEvaluator(clients.endpoint())),
                instanceRoles::arn,
                clients.endpoint(),
                lambda()));
    }

    /** From now on, changes of instances go to the rules of EventBridge. */
    private void announceInstances(EmulatorClients clients) {
        var events =
                new InstanceEvents(clients.build(EventBridgeClient.builder()), clients.build(LambdaClient.builder()));
        onStateChange = change -> announcements.execute(() -> events.publish(change));
    }

    private void serveApi(LoopbackServer server, HttpApi httpApi, List<FunctionResource> functions) {
        server.start(new FrontDoor(
                httpApi,
                byLogicalId(functions),
                new SigV4(LocalAccount.ACCESS_KEY, LocalAccount.ACCESS_KEY, clock),
                new FrontDoor.Identity(config.stack(), LocalAccount.ID, LocalAccount.REGION),
                clock));
    }

    private static Map<String, String> namesByModule(List<FunctionResource> functions) {
        return functions.stream()
                .collect(toMap(
                        each -> each.module().getFileName().toString(),
                        FunctionResource::name,
                        (a, _) -> a,
                        TreeMap::new));
    }

    private LocalCompute compute(Map<String, String> endpoints, InstanceRoles roles) {
        var environment = new HashMap<>(endpoints);
        // The AWS CLI is in the same directory as the emulator's Python.
        environment.put("PATH", config.python().getParent() + ":/usr/local/bin:/usr/bin:/bin");
        environment.put("WAKEBOX_PYTHON", config.python().toString());
        environment.put("LANG", PathEncoding.locale());
        return new LocalCompute(
                new LocalCompute.Config(
                        config.directory().resolve("instances"),
                        config.root().resolve("local/images"),
                        config.root().resolve("local/prices.json"),
                        environment,
                        LocalAccount.REGION,
                        LocalAccount.ID,
                        roles::credentials),
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

    /** What programs of this application need to reach AWS here. */
    private static Map<String, String> endpoints(URI gateway) {
        return Map.of(
                "AWS_REGION", LocalAccount.REGION,
                "AWS_DEFAULT_REGION", LocalAccount.REGION,
                "AWS_ENDPOINT_URL", gateway.toString());
    }

    private FrontDoor.Functions byLogicalId(List<FunctionResource> functions) {
        Map<String, String> names =
                functions.stream().collect(toMap(FunctionResource::logicalId, FunctionResource::name));
        return (logicalId, requestId, event, deadline) ->
                lambda().invoke(requireNonNull(names.get(logicalId)), requestId, event, deadline);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        return open.add(resource);
    }
}
