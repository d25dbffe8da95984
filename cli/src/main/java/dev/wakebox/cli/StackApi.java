package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;

/**
 * The HTTP API of a stack ({@code api/openapi.yaml}), as its other clients call it. Its connections have the settings of those to AWS,
 * such as the proxy. Not thread-safe.
 */
final class StackApi implements AutoCloseable {
    /** The environment variable with the token. */
    static final String TOKEN = "WAKEBOX_TOKEN";

    /** The environment variables with the local application's API and token, which the script sets while it runs. */
    static final String LOCAL_API = "WAKEBOX_LOCAL_API";

    static final String LOCAL_TOKEN = "WAKEBOX_LOCAL_TOKEN";

    private static final int MOST_TRIES = 5;

    private final URI base;
    private final Optional<String> token;
    private final SdkHttpClient http;

    private StackApi(URI base, Optional<String> token, SdkHttpClient http) {
        this.base = base;
        this.token = token;
        this.http = http;
    }

    /**
     * The API of a stack.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} if the stack has none, or the token's file can't be read as one
     */
    static StackApi of(Target stack, ApiOptions options, Context context) throws IOException {
        Map<String, String> environment = context.environment();
        boolean local = stack.local(context);
        URI url = options.url;
        if (url == null && local && environment.get(LOCAL_API) != null) {
            url = URI.create(environment.get(LOCAL_API));
        }
        if (url == null) {
            url = URI.create(stack.output("ApiUrl", "HTTP API"));
        }
        if (!"https".equals(url.getScheme()) && !Target.loopback(url)) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, "the API's URL must begin with https://, but is \"" + url + "\".");
        }
        Optional<String> token = options.tokenFile == null
                ? Optional.ofNullable(environment.get(TOKEN)).or(() -> Optional.ofNullable(environment.get(LOCAL_TOKEN))
                        .filter(_ -> local))
                : Optional.of(token(options.tokenFile, context));
        return new StackApi(
                url, token.map(String::strip).filter(text -> !text.isEmpty()), Target.http(Optional.of(url)));
    }

    private static String token(String file, Context context) throws IOException {
        if (file.equals("-")) {
            return new String(context.in().readAllBytes(), UTF_8);
        }
        Path path = context.directory().resolve(file);
        if (!Files.isRegularFile(path)) {
            // Not with the argument, which may be a token.
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "--token needs a file that has the token, or - for the standard input. A token itself belongs into "
                            + TOKEN + ".");
        }
        return Files.readString(path);
    }

    /**
     * Sends a GET, again when the API can't answer at the moment.
     *
     * @param path with query, such as {@code /status}
     * @throws WakeboxException with the reason, {@code UNAVAILABLE} if the same request can succeed later
     */
    JsonObject get(String path) throws InterruptedException {
        var polling = new Polling();
        for (int attempt = 1; ; attempt++) {
            try {
                return answer(request(SdkHttpMethod.GET, path), new byte[0]);
            } catch (WakeboxException e) {
                if (e.code() != ErrorCode.UNAVAILABLE || attempt == MOST_TRIES) {
                    throw e;
                }
                polling.pause();
            }
        }
    }

    /**
     * Sends a POST.
     *
     * @throws WakeboxException with the reason, {@code UNAVAILABLE} if the same request can succeed later
     */
    JsonObject post(String path, JsonObject body) {
        return answer(
                request(SdkHttpMethod.POST, path).putHeader("content-type", "application/json"), Json.bytes(body));
    }

    /**
     * Sends a file to the presigned URL of an answer, with the headers of that answer.
     *
     * @throws WakeboxException {@code UNAVAILABLE} if it is not stored
     */
    void put(JsonObject announced, InputStream file, long length) {
        var request = SdkHttpFullRequest.builder()
                .method(SdkHttpMethod.valueOf(announced.text("method")))
                .uri(URI.create(announced.text("url")));
        announced.object("headers").forEach((name, value) -> request.putHeader(name, String.valueOf(value)));
        HttpExecuteResponse response = send(request.putHeader("content-length", String.valueOf(length)), file);
        int status = response.httpResponse().statusCode();
        body(response);
        if (status != 200) {
            throw new WakeboxException(
                    ErrorCode.UNAVAILABLE, "S3 did not store the file (status " + status + "). Repeat the command.");
        }
    }

    private SdkHttpFullRequest.Builder request(SdkHttpMethod method, String path) {
        var request = SdkHttpFullRequest.builder()
                .method(method)
                .uri(URI.create(base.toString().replaceAll("/$", "") + path));
        token.ifPresent(text -> request.putHeader("authorization", "Bearer " + text));
        return request;
    }

    private JsonObject answer(SdkHttpFullRequest.Builder request, byte[] json) {
        HttpExecuteResponse response = send(request, new ByteArrayInputStream(json));
        int status = response.httpResponse().statusCode();
        byte[] bytes = body(response);
        JsonObject body = bytes.length > 0 && bytes[0] == '{' ? Json.object(bytes) : JsonObject.of();
        if (status >= 200 && status < 300) {
            return body;
        }
        throw refused(status, body);
    }

    /** Without a content-length the body is kept in memory, and a refusal can be read before the body is sent. */
    private HttpExecuteResponse send(SdkHttpFullRequest.Builder builder, InputStream body) {
        if (builder.method() != SdkHttpMethod.GET) {
            builder.contentStreamProvider(() -> body);
        }
        SdkHttpFullRequest request = builder.build();
        try {
            return http.prepareRequest(HttpExecuteRequest.builder()
                            .request(request)
                            .contentStreamProvider(
                                    request.contentStreamProvider().orElse(null))
                            .build())
                    .call();
        } catch (IOException e) {
            throw unreachable(request.getUri(), e);
        }
    }

    private static byte[] body(HttpExecuteResponse response) {
        try (InputStream body =
                response.responseBody().map(InputStream.class::cast).orElseGet(InputStream::nullInputStream)) {
            return body.readAllBytes();
        } catch (IOException e) {
            throw new WakeboxException(
                    ErrorCode.UNAVAILABLE, "The connection broke before the answer was complete.", e);
        }
    }

    private static WakeboxException unreachable(URI url, IOException e) {
        return new WakeboxException(
                ErrorCode.UNAVAILABLE,
                url.getScheme() + "://" + url.getRawAuthority() + " does not answer (" + e.getMessage() + ").",
                e);
    }

    /** The API's refusal: {@code message} of an Error, or of {@code data} for the routes below /classifier. */
    private WakeboxException refused(int status, JsonObject body) {
        JsonObject error = body.hasObject("data") ? body.object("data") : body;
        String message = error.text("message");
        @Nullable String field = error.optionalText("field").orElse(null);
        String sentence = message.isEmpty() ? "The API answered with the status " + status + "." : message;
        if (status == 401 || status == 403) {
            return new WakeboxException(
                    status == 401 ? ErrorCode.UNAUTHORIZED : ErrorCode.FORBIDDEN,
                    "The API refuses " + token.map(_ -> "the token").orElse("a request without a token") + ": "
                            + sentence + " Set " + TOKEN + ", or name its file with --token (docs/cli.md, Tokens).");
        }
        if (status == 409 || status == 429 || status >= 500) {
            return new WakeboxException(ErrorCode.UNAVAILABLE, sentence);
        }
        return field == null || sentence.contains(field)
                ? new WakeboxException(ErrorCode.INVALID_REQUEST, sentence)
                : new WakeboxException(ErrorCode.INVALID_REQUEST, field + ": " + sentence);
    }

    @Override
    public void close() {
        http.close();
    }
}
