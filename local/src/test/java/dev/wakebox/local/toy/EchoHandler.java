package dev.wakebox.local.toy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers with its event, or fails as the query's {@code do} requests. */
public final class EchoHandler implements RequestStreamHandler {
    private static final Pattern TODO = Pattern.compile("\"rawQueryString\": ?\"do=([a-z]+)");

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        byte[] event = input.readAllBytes();
        Matcher todo = TODO.matcher(new String(event, UTF_8));
        String answer =
                switch (todo.find() ? todo.group(1) : "") {
                    case "throw" -> throw new IllegalStateException("thrown on purpose");
                    case "exit" -> {
                        Runtime.getRuntime().halt(7);
                        yield "";
                    }
                    case "sleep" -> {
                        sleep();
                        yield "";
                    }
                    case "meet" -> {
                        Collector.show(event);
                        yield "{\"statusCode\":200,\"body\":\""
                                + ProcessHandle.current().pid() + "\"}";
                    }
                    case "log" -> {
                        System.out.println("a line of the function");
                        yield "{\"plain\":true}";
                    }
                    case "environment" -> {
                        System.getenv().keySet().forEach(context.getLogger()::log);
                        yield "{\"variables\":\""
                                + String.join(",", System.getenv().keySet()) + "\",\"arn\":\""
                                + context.getInvokedFunctionArn() + "\",\"remaining\":"
                                + context.getRemainingTimeInMillis() + "}";
                    }
                    case "nonsense" -> "{\"statusCode\":\"many\"}";
                    default ->
                        "{\"statusCode\":201,\"headers\":{\"Content-Type\":\"application/json\",\"x-toy\":\"yes\"},"
                                + "\"cookies\":[\"a=1\",\"b=2\"],\"isBase64Encoded\":true,\"body\":\""
                                + Base64.getEncoder().encodeToString(event) + "\"}";
                };
        output.write(answer.getBytes(UTF_8));
    }

    private static void sleep() {
        try {
            Thread.sleep(600_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
