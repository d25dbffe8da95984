package dev.wakebox.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/** A stand-in for AWS that gives the test's answers in their order and records the requests. */
public final class StubHttpClient implements SdkHttpClient {
    private sealed interface Answer {
        record Response(int status, Map<String, String> headers, String body) implements Answer {}

        record Failure(String message) implements Answer {}
    }

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<SdkHttpRequest> requests = new ArrayList<>();

    public StubHttpClient answer(int status, Map<String, String> headers, String body) {
        answers.add(new Answer.Response(status, headers, body));
        return this;
    }

    /** Breaks the connection. */
    public StubHttpClient fail(String message) {
        answers.add(new Answer.Failure(message));
        return this;
    }

    public List<SdkHttpRequest> requests() {
        return List.copyOf(requests);
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        requests.add(request.httpRequest());
        Answer answer = answers.remove();
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return switch (answer) {
                    case Answer.Failure(String message) -> throw new IOException(message);
                    case Answer.Response response -> response(response);
                };
            }

            @Override
            public void abort() {}
        };
    }

    private static HttpExecuteResponse response(Answer.Response answer) {
        var response = SdkHttpFullResponse.builder().statusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        return HttpExecuteResponse.builder()
                .response(response.build())
                .responseBody(AbortableInputStream.create(
                        new ByteArrayInputStream(answer.body().getBytes(StandardCharsets.UTF_8))))
                .build();
    }

    @Override
    public void close() {}
}
