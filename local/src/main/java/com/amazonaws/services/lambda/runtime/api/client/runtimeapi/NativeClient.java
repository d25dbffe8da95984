package com.amazonaws.services.lambda.runtime.api.client.runtimeapi;

import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.dto.InvocationRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Replaces the class of the same name in the runtime interface client, whose native library exists for Linux only. It
 * fetches events from the Runtime API and posts results to it, in Java. On a system without the native library, this
 * class precedes the client's own on the class path of a function's process.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda Runtime API</a>
 */
final class NativeClient {
    private static String invocations = "";

    private NativeClient() {}

    /** @param runtimeApi host, port and path of the Runtime API */
    static void init(String runtimeApi) {
        invocations = "http://" + runtimeApi + "/2018-06-01/runtime/invocation/";
    }

    /** Waits for the next event, without a timeout. */
    static InvocationRequest next() {
        try {
            HttpURLConnection connection = open("next");
            check(connection, 200);
            var request = new InvocationRequest();
            request.setId(connection.getHeaderField("Lambda-Runtime-Aws-Request-Id"));
            request.setXrayTraceId(connection.getHeaderField("Lambda-Runtime-Trace-Id"));
            request.setInvokedFunctionArn(connection.getHeaderField("Lambda-Runtime-Invoked-Function-Arn"));
            request.setDeadlineTimeInMs(connection.getHeaderFieldLong("Lambda-Runtime-Deadline-Ms", 0));
            request.setClientContext(connection.getHeaderField("Lambda-Runtime-Client-Context"));
            request.setCognitoIdentity(connection.getHeaderField("Lambda-Runtime-Cognito-Identity"));
            request.setTenantId(connection.getHeaderField("Lambda-Runtime-Aws-Tenant-Id"));
            try (InputStream event = connection.getInputStream()) {
                request.setContent(event.readAllBytes());
            }
            return request;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void postInvocationResponse(byte[] requestId, byte[] response) {
        try {
            HttpURLConnection connection = open(new String(requestId, StandardCharsets.UTF_8) + "/response");
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(response.length);
            try (var body = connection.getOutputStream()) {
                body.write(response);
            }
            check(connection, 202);
            try (InputStream answer = connection.getInputStream()) {
                answer.readAllBytes(); // so that the connection can be reused
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpURLConnection open(String path) throws IOException {
        return (HttpURLConnection) URI.create(invocations + path).toURL().openConnection(java.net.Proxy.NO_PROXY);
    }

    private static void check(HttpURLConnection connection, int expected) throws IOException {
        int status = connection.getResponseCode();
        if (status != expected) {
            throw new IOException("The Runtime API answered HTTP " + status + ".");
        }
    }
}
