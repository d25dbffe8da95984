package dev.wakebox.local.lambda;

import dev.wakebox.local.host.ChildProcesses;
import dev.wakebox.local.host.LocalException;
import dev.wakebox.local.host.Logs;
import dev.wakebox.local.host.LoopbackServer;
import dev.wakebox.local.host.PathEncoding;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Plays Lambda: runs every function of the template in processes of its own, each with the official runtime interface
 * client. Thread-safe.
 */
public final class LambdaService implements AutoCloseable {
    private final LoopbackServer server = new LoopbackServer(LoopbackServer.ANY_PORT, "", LoopbackServer.Limits.NONE);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("lambda-timer").factory());
    private final Map<String, FunctionPool> pools = new LinkedHashMap<>();
    private final Map<String, Path> logFiles = new LinkedHashMap<>();
    private final Crashes crashes = new Crashes();
    private final ChildProcesses processes;
    private final RuntimeClient runtimeClient;
    private final Debugger debugger;
    private final Map<String, String> environment;
    private final String region;

    /**
     * Creates the service; the first event of a function starts its first process.
     *
     * @param deployed reads a function's settings, by its name
     * @param environment variables that every function gets in addition to Lambda's and its own
     * @param idle how long a process without an event is kept
     */
    public LambdaService(
            List<FunctionResource> functions,
            Function<String, FunctionConfiguration> deployed,
            ChildProcesses processes,
            Path directory,
            Logs logs,
            Map<String, String> environment,
            String region,
            Duration idle,
            Clock clock) {
        this.processes = processes;
        this.runtimeClient = new RuntimeClient(directory);
        this.environment = environment;
        this.region = region;
        this.debugger = Debugger.of(
                System.getenv(Debugger.VARIABLE),
                functions.stream().map(LambdaService::module).collect(Collectors.toSet()));
        for (FunctionResource function : functions) {
            String module = module(function);
            var log = new FunctionLog(logs.file(module));
            logFiles.put(function.name(), log.file());
            pools.put(
                    function.name(),
                    new FunctionPool(
                            function.name(),
                            () -> debugger.patient(module, deployed.apply(function.name())),
                            each -> launch(function, each, log.file()),
                            invocation -> crashes.due(function.logicalId(), invocation.payload()),
                            log,
                            idle,
                            clock,
                            timer));
        }
        server.start(new RuntimeApi(this, pools, clock));
    }

    /**
     * The URL that accepts a function's events by plain POST, and answers with its result or {@code {"functionError":
     * …}}.
     */
    public URI invocationUri(String functionName) {
        return server.uri().resolve(RuntimeApi.FUNCTIONS + functionName);
    }

    /**
     * Runs a function with an event.
     *
     * @throws LocalException when there is no such function
     */
    public CompletableFuture<InvocationResult> invoke(String functionName, byte[] event) {
        return invoke(functionName, UUID.randomUUID().toString(), event, Instant.MAX);
    }

    public CompletableFuture<InvocationResult> invoke(
            String functionName, String requestId, byte[] event, Instant deadline) {
        FunctionPool pool = pools.get(functionName);
        if (pool == null) {
            throw new LocalException(
                    "There is no function " + functionName + "; there are " + String.join(", ", pools.keySet()) + ".");
        }
        var invocation = new Invocation(requestId, event, deadline);
        pool.invoke(invocation);
        return invocation.result();
    }

    /**
     * Makes the next event of a function start a process with its current configuration, as Lambda does after a change.
     */
    public void reconfigured(String functionName) {
        FunctionPool pool = pools.get(functionName);
        if (pool != null) {
            pool.renew();
        }
    }

    /** The log of a function; empty if there is no such function. */
    public Optional<LogEvents> log(String functionName) {
        return Optional.ofNullable(logFiles.get(functionName)).map(LogEvents::new);
    }

    /** The current number of a function's processes. */
    public int environments(String functionName) {
        FunctionPool pool = pools.get(functionName);
        return pool == null ? 0 : pool.size();
    }

    @Override
    public void close() {
        pools.values().forEach(FunctionPool::close);
        timer.shutdownNow();
        server.close();
    }

    private Process launch(FunctionResource function, ExecutionEnvironment instance, Path log) throws IOException {
        FunctionConfiguration configuration = instance.configuration;
        Path target = function.module().resolve("target");
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx" + configuration.memoryMb() * 85 / 100 + "m", // Lambda's share of the memory for the heap
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:CompileThresholdScaling=1", // the template's is for priming; it slows a start without a snapshot
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(runtimeClient.options());
        command.addAll(debugger.options(module(function)));
        command.add("-cp");
        command.add(String.join(
                File.pathSeparator,
                runtimeClient.classPath(),
                target.resolve("classes").toString(),
                target.resolve("lib").toString() + File.separator + "*"));
        command.add(RuntimeClient.MAIN_CLASS);
        command.add(configuration.handler());

        var builder = new ProcessBuilder(command)
                .directory(target.resolve("classes").toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        variables.put("LANG", PathEncoding.locale());
        variables.put("TZ", ":UTC");
        variables.putAll(environment);
        variables.put("AWS_REGION", region);
        variables.put("AWS_DEFAULT_REGION", region);
        variables.put("AWS_EXECUTION_ENV", "AWS_Lambda_java25");
        variables.put("AWS_LAMBDA_FUNCTION_NAME", function.name());
        variables.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
        variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", String.valueOf(configuration.memoryMb()));
        variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
        variables.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.name());
        variables.put("AWS_LAMBDA_LOG_STREAM_NAME", instance.id);
        variables.put(
                "AWS_LAMBDA_RUNTIME_API",
                "127.0.0.1:" + server.port() + RuntimeApi.ENVIRONMENTS + function.name() + "/" + instance.id);
        variables.put("LAMBDA_TASK_ROOT", target.resolve("classes").toString());
        variables.put("_HANDLER", configuration.handler());
        variables.putAll(configuration.credentials().variables());
        variables.putAll(configuration.variables());
        Process process = processes.start(builder);
        debugger.started(module(function), process);
        return process;
    }

    /** The name of its directory and of its log. */
    private static String module(FunctionResource function) {
        return function.module().getFileName().toString();
    }

    /** Reports the modules that are not built, because an unbuilt function would fail only on its first event. */
    public static void requireBuilt(List<FunctionResource> functions) {
        List<String> missing = functions.stream()
                .map(FunctionResource::module)
                .filter(module -> !Files.isDirectory(module.resolve("target/classes")))
                .map(Path::toString)
                .toList();
        if (!missing.isEmpty()) {
            throw new LocalException("These functions of the template are not built (no target/classes): "
                    + String.join(", ", missing) + ". Build them with `./mvnw package`.");
        }
    }
}
