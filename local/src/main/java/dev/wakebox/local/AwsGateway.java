package dev.wakebox.local;

import static java.util.Objects.requireNonNullElse;

import dev.wakebox.local.ec2.LocalCompute;
import dev.wakebox.local.ec2.Permission;
import dev.wakebox.local.host.LoopbackServer;
import dev.wakebox.local.httpapi.SigV4;
import dev.wakebox.local.lambda.LambdaService;
import dev.wakebox.local.lambda.LogEvents;
import dev.wakebox.local.mail.SesGateway;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The single endpoint of AWS: local compute answers EC2, SSM and the Price List API, mails pass through the {@link SesGateway}, and all
 * other requests are forwarded unchanged to the emulator, with any size.
 *
 * <p>Instances execute what they are given, so no web page that is open in a browser on this computer may reach them. A
 * request from another site's page, or to another site's name, is refused, and EC2 and SSM accept credentials only in
 * the {@code Authorization} header, which no link, image or form can send.
 */
final class AwsGateway extends ProxyHandler {
    private static final Pattern HERE = Pattern.compile(
            "(?:https?://)?(?:127(?:\\.\\d{1,3}){3}|(?:[a-z0-9.-]+\\.)?localhost|\\[::1])(?::\\d{1,5})?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern SIGNED_BY_A_ROLE = Pattern.compile(
            "(?:^|&)X-Amz-Credential=ASIA[A-Z0-9]+(?:%2F|/)[^&]*(?:%2F|/)s3(?:%2F|/)aws4_request(?:&|$)");
    private static final Pattern FUNCTION_CONFIGURATION =
            Pattern.compile("/2015-03-31/functions/(?:[^/]*:)?([A-Za-z0-9_-]+)/configuration");
    private static final Pattern INSTANCE_CREDENTIALS =
            Pattern.compile("/_wakebox/instances/(i-[0-9a-f]+)/credentials");
    private static final Pattern INSTANCE_METADATA = Pattern.compile("/_wakebox/instances/(i-[0-9a-f]+)/metadata(/.*)");
    private static final String JSON = "application/x-amz-json-1.1";
    private static final byte[] NO_CREDENTIALS =
            Json.bytes(Map.of("message", "There is no such instance with an instance profile."));
    private static final DateTimeFormatter AMZ_DATE = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);
    private static final byte[] FROM_ELSEWHERE = Json.bytes(Map.of(
            "message", "Only programs and pages on this computer may send requests, to 127.0.0.1 or localhost."));

    private final LocalCompute compute;
    private final SesGateway mails;
    private final PolicyEvaluator policies;
    private final UnaryOperator<String> roleOfProfile;
    private final URI emulator;
    private final LambdaService lambda;

    /**
     * @param roleOfProfile the ARN of the role in an instance profile
     * @param lambda is told the names of functions whose configuration was changed, and has their logs
     */
    AwsGateway(
            LocalCompute compute,
            SesGateway mails,
            PolicyEvaluator policies,
            UnaryOperator<String> roleOfProfile,
            URI emulator,
            LambdaService lambda) {
        this.compute = compute;
        this.mails = mails;
        this.policies = policies;
        this.roleOfProfile = roleOfProfile;
        this.emulator = emulator;
        this.lambda = lambda;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (isFromElsewhere(request) && !isSignedByARole(request)) {
            LoopbackServer.answer(response, callback, 403, "application/json", FROM_ELSEWHERE);
            return true;
        }
        Matcher instance = INSTANCE_CREDENTIALS.matcher(Request.getPathInContext(request));
        if (instance.matches()) {
            compute.instanceCredentials(instance.group(1))
                    .ifPresentOrElse(
                            given -> answer(response, callback, given),
                            () -> LoopbackServer.answer(response, callback, 404, "application/json", NO_CREDENTIALS));
            return true;
        }
        Matcher metadata = INSTANCE_METADATA.matcher(Request.getPathInContext(request));
        if (metadata.matches()) {
            String token = request.getHeaders().get("X-aws-ec2-metadata-token");
            answer(
                    response,
                    callback,
                    compute.instanceMetadata(metadata.group(1), metadata.group(2), Optional.ofNullable(token)));
            return true;
        }
        try {
            return switch (service(request).orElse("")) {
                case "ec2" -> ec2(request, response, callback);
                case "ssm" -> ssm(request, response, callback);
                case "pricing" -> pricing(request, response, callback);
                case "ses" -> ses(request, response, callback);
                case "logs" -> logs(request, response, callback);
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

    /** This endpoint stands for AWS's, which are https: what comes through it counts as sent over TLS. */
    @Override
    protected void addProxyHeaders(Request request, org.eclipse.jetty.client.Request forwarded) {
        forwarded.headers(headers -> headers.put("X-Forwarded-Proto", "https"));
    }

    private static boolean isFromElsewhere(Request request) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        return host == null
                || !HERE.matcher(host).matches()
                || (origin != null && !HERE.matcher(origin).matches());
    }

    /** A presigned URL works for every page that is given it, as on AWS; a page cannot make one up. */
    private static boolean isSignedByARole(Request request) {
        String query = request.getHttpURI().getQuery();
        return query != null
                && request.getHeaders().get(HttpHeader.AUTHORIZATION) == null
                && query.contains("X-Amz-Signature=")
                && SIGNED_BY_A_ROLE.matcher(query).find();
    }

    private static Optional<String> service(Request request) {
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return authorization == null ? Optional.empty() : SigV4.service(authorization);
    }

    /** When the client signed the request, by its own clock. */
    private static Optional<Instant> signedAt(Request request) {
        return Optional.ofNullable(request.getHeaders().get("X-Amz-Date"))
                .filter(date -> date.matches("\\d{8}T\\d{6}Z"))
                .map(date -> LocalDateTime.parse(date, AMZ_DATE).toInstant(ZoneOffset.UTC));
    }

    private Callback afterChange(Request request, Callback callback) {
        var path = FUNCTION_CONFIGURATION.matcher(Request.getPathInContext(request));
        return request.getMethod().equals("PUT") && path.matches()
                ? Callback.from(callback, () -> lambda.reconfigured(path.group(1)))
                : callback;
    }

    private boolean ec2(Request request, Response response, Callback callback) throws Exception {
        String query = request.getHttpURI().getQuery();
        byte[] body = LoopbackServer.body(request);
        String form =
                request.getMethod().equals("GET") && query != null ? query : new String(body, StandardCharsets.UTF_8);
        answer(
                response,
                callback,
                policies.refusal(request, body, "ec2", compute.ec2Permissions(form, roleOfProfile))
                        .map(this::ec2)
                        .orElseGet(() -> compute.ec2(form, signedAt(request))));
        return true;
    }

    private LocalCompute.Answer ec2(PolicyEvaluator.Refusal refusal) {
        return refusal.code() == null
                ? compute.ec2Refusal(
                        403,
                        "UnauthorizedOperation",
                        "You are not authorized to perform this operation. " + refusal.message())
                : compute.ec2Refusal(
                        401, "AuthFailure", "AWS was not able to validate the provided access credentials");
    }

    private LocalCompute.Answer json(PolicyEvaluator.Refusal refusal) {
        return compute.jsonRefusal(requireNonNullElse(refusal.code(), "AccessDeniedException"), refusal.message());
    }

    private boolean ssm(Request request, Response response, Callback callback) throws Exception {
        String target = request.getHeaders().get("X-Amz-Target");
        byte[] body = LoopbackServer.body(request);
        Optional<List<Permission>> needed = target == null ? Optional.empty() : compute.ssmPermissions(target, body);
        if (target != null && needed.isPresent()) {
            Optional<PolicyEvaluator.Refusal> refusal = policies.refusal(request, body, "ssm", needed.get());
            answer(
                    response,
                    callback,
                    refusal.isPresent()
                            ? json(refusal.get())
                            : compute.ssm(target, body, signedAt(request)).orElseThrow());
            return true;
        }
        return super.handle(new ReadRequest(request, body), response, callback);
    }

    private boolean pricing(Request request, Response response, Callback callback) throws Exception {
        String target = requireNonNullElse(request.getHeaders().get("X-Amz-Target"), "");
        byte[] body = LoopbackServer.body(request);
        var action = new Permission("pricing:" + target.substring(target.indexOf('.') + 1), "*", Map.of());
        answer(
                response,
                callback,
                policies.refusal(request, body, "pricing", List.of(action))
                        .map(this::json)
                        .orElseGet(() -> compute.prices(target, body)));
        return true;
    }

    /** The logs of functions are files; the emulator has the other groups. */
    private boolean logs(Request request, Response response, Callback callback) throws Exception {
        if (!"Logs_20140328.FilterLogEvents".equals(request.getHeaders().get("X-Amz-Target"))) {
            return super.handle(request, response, callback);
        }
        byte[] body = LoopbackServer.body(request);
        JsonObject order = Json.object(body);
        String group = order.text("logGroupName");
        Optional<LogEvents> log = lambda.log(group.replaceFirst("^/aws/lambda/", ""));
        if (log.isEmpty()) {
            return super.handle(new ReadRequest(request, body), response, callback);
        }
        String arn = "arn:aws:logs:" + LocalAccount.REGION + ":" + LocalAccount.ID + ":log-group:" + group + ":*";
        var action = new Permission("logs:FilterLogEvents", arn, Map.of());
        answer(
                response,
                callback,
                policies.refusal(request, body, "logs", List.of(action))
                        .map(this::json)
                        .orElseGet(() ->
                                new LocalCompute.Answer(200, JSON, log.get().filter(order), Optional.empty())));
        return true;
    }

    private boolean ses(Request request, Response response, Callback callback) throws Exception {
        if (!SesGateway.isSendEmail(request)) {
            return super.handle(request, response, callback);
        }
        byte[] body = LoopbackServer.body(request);
        mails.sendEmail(request, body, response, callback, () -> forward(request, body));
        return true;
    }

    private ContentResponse forward(Request request, byte[] body) throws Exception {
        var forwarded = getHttpClient()
                .newRequest(rewriteHttpURI(request).toURI())
                .method(request.getMethod())
                .body(new BytesRequestContent(request.getHeaders().get(HttpHeader.CONTENT_TYPE), body));
        copyRequestHeaders(request, forwarded);
        addProxyHeaders(request, forwarded);
        return forwarded.send();
    }

    private static void answer(Response response, Callback callback, LocalCompute.Answer answer) {
        answer.date().ifPresent(date -> response.getHeaders()
                .put(HttpHeader.DATE, DateTimeFormatter.RFC_1123_DATE_TIME.format(date.atOffset(ZoneOffset.UTC))));
        LoopbackServer.answer(response, callback, answer.status(), answer.contentType(), answer.body());
    }
}
