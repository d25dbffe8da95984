package dev.wakebox.aws;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Rehearsal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** The HTTP client of every AWS client. While the function is primed, it follows the {@link Rehearsal}. Thread-safe. */
public final class AwsHttp implements SdkHttpClient {
    /** The operation in the body of a request to EC2. */
    private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=(\\w+)");

    /**
     * Removed from each POST that has a body. With a length given in advance, the JDK's connection waits a millisecond before each
     * POST on a connection that was used before, to learn whether the server has closed it ({@code
     * sun.net.www.http.HttpClient.available}). Without, it buffers the body and sends the same header.
     */
    private static final String CONTENT_LENGTH = "Content-Length";

    /**
     * S3's client asks with it before each PUT whether to send the body, which takes a round trip. For a small body that costs more than
     * to send one that is refused.
     */
    private static final String EXPECT = "Expect";

    private static final long SMALL_BODY = 1 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration READ = Duration.ofSeconds(30);
    private static final SdkHttpClient ALL = new AwsHttp(UrlConnectionHttpClient.create(AwsHttp::connection));

    static {
        // Otherwise the JDK sends a POST again whose answer is lost. What may be sent twice is for the SDK and its
        // caller to decide.
        System.setProperty("sun.net.http.retryPost", "false");
    }

    private final SdkHttpClient http;

    AwsHttp(SdkHttpClient http) {
        this.http = requireNonNull(http, "http is null");
    }

    /**
     * The HTTP client for all AWS clients of the process, so that they share one TLS context: to read the certificates that it
     * trusts takes longer than to build a client. It need not be closed.
     */
    public static SdkHttpClient client() {
        return ALL;
    }

    private static HttpURLConnection connection(URI uri) {
        try {
            var connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout((int) CONNECT.toMillis());
            connection.setReadTimeout((int) READ.toMillis());
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a connection, with TLS where there is any, and sends nothing. */
    private static void connect(URI uri) {
        HttpURLConnection connection = connection(uri);
        try {
            connection.connect();
        } catch (IOException e) {
            // The first request connects.
        } finally {
            connection.disconnect();
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        SdkHttpRequest.Builder sent = request.httpRequest().toBuilder();
        Rehearsal.current().ifPresent(rehearsal -> {
            String call = operation(request);
            if (rehearsal.refuses(call)) {
                connect(request.httpRequest().getUri());
            }
            rehearsal
                    .port(call)
                    .ifPresent(port ->
                            sent.protocol("http").host("127.0.0.1").port(port).putHeader(Rehearsal.CALL, call));
        });
        if (request.httpRequest().method() == SdkHttpMethod.POST
                && request.contentStreamProvider().isPresent()) {
            sent.removeHeader(CONTENT_LENGTH);
        }
        if (request.httpRequest()
                .firstMatchingHeader(CONTENT_LENGTH)
                .filter(length -> Long.parseLong(length) <= SMALL_BODY)
                .isPresent()) {
            sent.removeHeader(EXPECT);
        }
        return http.prepareRequest(HttpExecuteRequest.builder()
                .request(sent.build())
                .contentStreamProvider(request.contentStreamProvider().orElse(null))
                .metricCollector(request.metricCollector().orElse(null))
                .build());
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
}
