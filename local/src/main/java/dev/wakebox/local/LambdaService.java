package dev.wakebox.local;

import dev.wakebox.local.Template.FunctionResource;
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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/**
 * Lambda: runs every function of the template in processes of its own, each with the official runtime interface client.
 * Thread-safe.
 */
public final class LambdaService implements AutoCloseable {
    private final LoopbackServer server = new LoopbackServer(LoopbackServer.ANY_PORT, "");
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("lambda-timer").factory());
    private final Map<String, FunctionPool> pools = new LinkedHashMap<>();
    private final Crashes crashes = new Crashes();
    private final ChildProcesses processes;
    private final RuntimeClient runtimeClient;
    private final Map<String, String> environment;
    private final String region;

    /**
     * Starts no process yet; that is left to the first event.
     *
     * @param deployed reads a function's settings, by its name
     * @param environment variables that every function gets beside Lambda's and its own
     * @param idle after how long without an event a process is stopped
     */
    LambdaService(
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
        for (FunctionResource function : functions) {
            String module = function.module().getFileName().toString();
            var log = new FunctionLog(logs.file(module));
            pools.put(
                    function.name(),
                    new FunctionPool(
                            function.name(),
                            () -> deployed.apply(function.name()),
                            each -> launch(function, each, log.file()),
                            invocation -> crashes.due(function.logicalId(), invocation.payload()),
                            log,
                            idle,
                            clock,
                            timer));
        }
        server.start(new RuntimeApi(this, pools, clock));
    }

    /** Where a function takes events by plain POST, answering 200 with its result or 500 with the error. */
    URI invocationUri(String functionName) {
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

    CompletableFuture<InvocationResult> invoke(String functionName, String requestId, byte[] event, Instant deadline) {
        FunctionPool pool = pools.get(functionName);
        if (pool == null) {
            throw new LocalException(
                    "There is no function " + functionName + "; there are " + String.join(", ", pools.keySet()) + ".");
        }
        var invocation = new Invocation(requestId, event, deadline);
        pool.invoke(invocation);
        return invocation.result();
    }

    /** Has the next event of a function start with its present configuration, as Lambda does after a change. */
    void reconfigured(String functionName) {
        FunctionPool pool = pools.get(functionName);
        if (pool != null) {
            pool.renew();
        }
    }

    /** How many processes a function has at this moment. */
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
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(runtimeClient.options());
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
        variables.put("LANG", "en_US.UTF-8");
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
        variables.putAll(configuration.variables());
        return processes.start(builder);
    }

    /** Says which modules are not built; an unbuilt function would fail on its first event only. */
    static void requireBuilt(List<FunctionResource> functions) {
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
