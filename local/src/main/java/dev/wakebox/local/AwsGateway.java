package dev.wakebox.local;

import dev.wakebox.local.compute.LocalCompute;
import dev.wakebox.runtime.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The one endpoint of AWS: EC2 and SSM are answered by local compute, everything else passes through to the emulator as
 * it is, of any size.
 *
 * <p>Instances run what they are given, so no page of the web that is open in a browser on this machine may reach them: a
 * request from another site's page, or to another site's name, is refused, and EC2 and SSM take the credentials from the
 * {@code Authorization} header only, which no link, image or form can send.
 */
final class AwsGateway extends ProxyHandler {
    private static final Pattern HERE = Pattern.compile(
            "(?:https?://)?(?:127(?:\\.\\d{1,3}){3}|(?:[a-z0-9.-]+\\.)?localhost|\\[::1])(?::\\d{1,5})?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern FUNCTION_CONFIGURATION =
            Pattern.compile("/2015-03-31/functions/(?:[^/]*:)?([A-Za-z0-9_-]+)/configuration");
    private static final byte[] FROM_ELSEWHERE = Json.bytes(
            Map.of("message", "Only programs and pages of this machine may call, at 127.0.0.1 or localhost."));

    private final LocalCompute compute;
    private final URI emulator;
    private final Consumer<String> reconfigured;

    /** @param reconfigured is told the names of functions whose configuration was changed */
    AwsGateway(LocalCompute compute, URI emulator, Consumer<String> reconfigured) {
        this.compute = compute;
        this.emulator = emulator;
        this.reconfigured = reconfigured;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (isFromElsewhere(request)) {
            LoopbackServer.answer(response, callback, 403, "application/json", FROM_ELSEWHERE);
            return true;
        }
        try {
            return switch (service(request).orElse("")) {
                case "ec2" -> ec2(request, response, callback);
                case "ssm" -> ssm(request, response, callback);
                case "lambda" -> super.handle(request, response, afterChange(request, callback));
                default -> super.handle(request, response, callback);
            };
        } catch (Exception e) {
            callback.failed(e);
            return true;
        }
    }

    @Override
    protected HttpURI rewriteHttpURI(Request request) {
        return HttpURI.build(request.getHttpURI())
                .scheme(emulator.getScheme())
                .host(emulator.getHost())
                .port(emulator.getPort());
    }

    @Override
    protected void configureHttpClient(HttpClient client) {
        super.configureHttpClient(client);
        client.setMaxConnectionsPerDestination(512);
        client.setIdleTimeout(0);
    }

    @Override
    protected void copyRequestHeaders(Request request, org.eclipse.jetty.client.Request forwarded) {
        super.copyRequestHeaders(request, forwarded);
        forwarded.headers(
                headers -> headers.put(HttpHeader.HOST, request.getHeaders().get(HttpHeader.HOST)));
    }

    @Override
    protected void addProxyHeaders(Request request, org.eclipse.jetty.client.Request forwarded) {
        // the emulator sees what the client sent, nothing more
    }

    private static boolean isFromElsewhere(Request request) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        return host == null
                || !HERE.matcher(host).matches()
                || (origin != null && !HERE.matcher(origin).matches());
    }

    private static Optional<String> service(Request request) {
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return authorization == null ? Optional.empty() : SigV4.service(authorization);
    }

    private Callback afterChange(Request request, Callback callback) {
        var path = FUNCTION_CONFIGURATION.matcher(Request.getPathInContext(request));
        return request.getMethod().equals("PUT") && path.matches()
                ? Callback.from(callback, () -> reconfigured.accept(path.group(1)))
                : callback;
    }

    private boolean ec2(Request request, Response response, Callback callback) throws Exception {
        String query = request.getHttpURI().getQuery();
        String form = request.getMethod().equals("GET") && query != null
                ? query
                : new String(LoopbackServer.body(request), StandardCharsets.UTF_8);
        answer(response, callback, compute.ec2(form));
        return true;
    }

    private boolean ssm(Request request, Response response, Callback callback) throws Exception {
        String target = request.getHeaders().get("X-Amz-Target");
        byte[] body = LoopbackServer.body(request);
        Optional<LocalCompute.Answer> answer = target == null ? Optional.empty() : compute.ssm(target, body);
        if (answer.isPresent()) {
            answer(response, callback, answer.get());
            return true;
        }
        return super.handle(new ReadRequest(request, body), response, callback);
    }

    private static void answer(Response response, Callback callback, LocalCompute.Answer answer) {
        LoopbackServer.answer(response, callback, answer.status(), answer.contentType(), answer.body());
    }
}
