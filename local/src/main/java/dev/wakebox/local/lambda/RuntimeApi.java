package dev.wakebox.local.lambda;

import dev.wakebox.local.host.LoopbackServer;
import dev.wakebox.runtime.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Serves the runtime API for the functions' processes, and receives events from the emulator.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda runtime API</a>
 */
public final class RuntimeApi extends Handler.Abstract {
    /** {@code POST /functions/<name>} runs a function. */
    static final String FUNCTIONS = "/functions/";

    /** Each environment has its own runtime API below {@code /environments/<function>/<environment>}. */
    static final String ENVIRONMENTS = "/environments/";

    /** Lambda's limit for an event and for a result. */
    public static final int MOST_BYTES = 6 * 1024 * 1024;

    private static final String RUNTIME = "/2018-06-01/runtime/";
    private static final byte[] ACCEPTED = Json.bytes(Map.of("status", "OK"));

    private final LambdaService lambda;
    private final Map<String, FunctionPool> pools;
    private final Clock clock;

    RuntimeApi(LambdaService lambda, Map<String, FunctionPool> pools, Clock clock) {
        this.lambda = lambda;
        this.pools = pools;
        this.clock = clock;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = request.getHttpURI().getPath();
        if (path.startsWith(FUNCTIONS)) {
            invoke(path.substring(FUNCTIONS.length()), request, response, callback);
            return true;
        }
        int runtime = path.indexOf(RUNTIME);
        String[] owner = path.startsWith(ENVIRONMENTS) && runtime > 0
                ? path.substring(ENVIRONMENTS.length(), runtime).split("/", 2)
                : new String[0];
        FunctionPool pool = owner.length == 2 ? pools.get(owner[0]) : null;
        Optional<ExecutionEnvironment> environment = pool == null ? Optional.empty() : pool.environment(owner[1]);
        if (pool == null || environment.isEmpty()) {
            return false;
        }
        return serve(pool, environment.get(), path.substring(runtime + RUNTIME.length()), request, response, callback);
    }

    private boolean serve(
            FunctionPool pool,
            ExecutionEnvironment environment,
            String operation,
            Request request,
            Response response,
            Callback callback)
            throws IOException, InterruptedException {
        String[] parts = operation.split("/", -1);
        if (operation.equals("invocation/next")) {
            next(pool, environment, response, callback);
        } else if (operation.equals("init/error")) {
            environment.initFailure = new InvocationResult.Failure(LoopbackServer.body(request));
            LoopbackServer.answer(response, callback, 202, "application/json", ACCEPTED);
        } else if (parts.length == 3 && parts[0].equals("invocation")) {
            byte[] body = LoopbackServer.body(request);
            boolean taken = pool.finished(environment, parts[1], result(parts[2], body));
            LoopbackServer.answer(response, callback, taken ? 202 : 400, "application/json", ACCEPTED);
        } else {
            return false;
        }
        return true;
    }

    private static InvocationResult result(String operation, byte[] body) {
        if (operation.equals("error")) {
            return new InvocationResult.Failure(body);
        }
        return body.length > MOST_BYTES
                ? InvocationResult.Failure.of(
                        "Function.ResponseSizeTooLarge",
                        "Response payload size exceeded maximum allowed payload size (" + MOST_BYTES + " bytes).")
                : new InvocationResult.Success(body);
    }

    private void next(FunctionPool pool, ExecutionEnvironment environment, Response response, Callback callback)
            throws InterruptedException {
        Optional<Invocation> given = pool.next(environment);
        if (given.isEmpty()) {
            response.setStatus(410);
            callback.succeeded();
            return;
        }
        Invocation invocation = given.get();
        long deadline =
                clock.instant().plus(environment.configuration.timeout()).toEpochMilli();
        var headers = response.getHeaders();
        headers.put("Lambda-Runtime-Aws-Request-Id", invocation.requestId());
        headers.put("Lambda-Runtime-Deadline-Ms", String.valueOf(deadline));
        headers.put("Lambda-Runtime-Invoked-Function-Arn", environment.configuration.arn());
        LoopbackServer.answer(response, callback, 200, "application/json", invocation.payload());
    }

    private void invoke(String function, Request request, Response response, Callback callback) throws IOException {
        var headers = request.getHeaders();
        String requestId = headers.get("X-Amzn-Lambda-Request-Id");
        long deadline = headers.getLongField("X-Amzn-Lambda-Deadline-Ms");
        var result = lambda.invoke(
                        function,
                        requestId == null ? request.getId() : requestId,
                        LoopbackServer.body(request),
                        deadline > 0 ? Instant.ofEpochMilli(deadline) : Instant.MAX)
                .join();
        switch (result) {
            case InvocationResult.Success(byte[] payload) ->
                LoopbackServer.answer(response, callback, 200, "application/json", payload);
            case InvocationResult.Failure(byte[] payload) ->
                LoopbackServer.answer(response, callback, 200, "application/json", failure(payload));
        }
    }

    /** As emulator.py reads it: MiniStack itself forgets the error's type of any other status. */
    private static byte[] failure(byte[] payload) {
        var body = new ByteArrayOutputStream();
        body.writeBytes("{\"functionError\":".getBytes(StandardCharsets.UTF_8));
        body.writeBytes(payload);
        body.write('}');
        return body.toByteArray();
    }
}
