package dev.wakebox.local;

import dev.wakebox.local.compute.LocalCompute;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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
 */
final class AwsGateway extends ProxyHandler {
    private final LocalCompute compute;
    private final URI emulator;

    AwsGateway(LocalCompute compute, URI emulator) {
        this.compute = compute;
        this.emulator = emulator;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            return switch (service(request).orElse("")) {
                case "ec2" -> ec2(request, response, callback);
                case "ssm" -> ssm(request, response, callback);
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

    private static Optional<String> service(Request request) {
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (authorization != null) {
            return SigV4.service(authorization);
        }
        String query = request.getHttpURI().getQuery();
        return query == null || !query.contains("X-Amz-Credential=")
                ? Optional.empty()
                : SigV4.service(URLDecoder.decode(query, StandardCharsets.UTF_8));
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
