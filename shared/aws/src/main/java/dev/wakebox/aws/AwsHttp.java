package dev.wakebox.aws;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Rehearsal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** The HTTP client of every AWS client. While the function is primed, it follows the {@link Rehearsal}. Thread-safe. */
public final class AwsHttp implements SdkHttpClient {
    /** The operation in the body of a request to EC2. */
    private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=(\\w+)");

    private final SdkHttpClient http;

    AwsHttp(SdkHttpClient http) {
        this.http = requireNonNull(http, "http is null");
    }

    /** A new client, for one AWS client. */
    public static SdkHttpClient client() {
        return new AwsHttp(UrlConnectionHttpClient.create());
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return Rehearsal.current()
                .flatMap(rehearsal -> rehearsal.answer(operation(request)))
                .<ExecutableHttpRequest>map(Answered::new)
                .orElseGet(() -> http.prepareRequest(request));
    }

    @Override
    public String clientName() {
        return http.clientName();
    }

    @Override
    public void close() {
        http.close();
    }

    /** The name of the operation if the protocol has one; otherwise method, path and query. */
    private static String operation(HttpExecuteRequest request) {
        SdkHttpRequest http = request.httpRequest();
        return http.firstMatchingHeader("X-Amz-Target")
                .map(target -> target.substring(target.lastIndexOf('.') + 1))
                .or(() -> action(request))
                .orElseGet(() -> http.method() + " " + http.encodedPath()
                        + http.encodedQueryParameters()
                                .map(query -> "?" + query)
                                .orElse(""));
    }

    private static Optional<String> action(HttpExecuteRequest request) {
        boolean form = request.httpRequest()
                .firstMatchingHeader("Content-Type")
                .filter(type -> type.startsWith("application/x-www-form-urlencoded"))
                .isPresent();
        if (!form || request.contentStreamProvider().isEmpty()) {
            return Optional.empty();
        }
        try (InputStream body = request.contentStreamProvider().get().newStream()) {
            Matcher action = ACTION.matcher(new String(body.readAllBytes(), StandardCharsets.UTF_8));
            return action.find() ? Optional.of(action.group(1)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Answered(Rehearsal.Answer answer) implements ExecutableHttpRequest {
        @Override
        public HttpExecuteResponse call() {
            var response = SdkHttpFullResponse.builder().statusCode(answer.status());
            answer.headers().forEach(response::putHeader);
            return HttpExecuteResponse.builder()
                    .response(response.build())
                    .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer.body())))
                    .build();
        }

        @Override
        public void abort() {
            // No request is in progress.
        }
    }
}
