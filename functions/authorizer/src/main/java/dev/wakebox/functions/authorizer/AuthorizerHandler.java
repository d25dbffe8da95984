package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Decides for API Gateway whether a request is authorized.
 *
 * @see <a href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html">Lambda
 *     authorizers, payload format 2.0, simple responses</a>
 */
public final class AuthorizerHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(AuthorizerHandler.class);

    /**
     * The functions of these routes answer a refusal themselves, because API Gateway can't produce their body and
     * headers. They get the reason in place of the caller.
     */
    private static final Pattern ROUTES_THAT_ANSWER_401_THEMSELVES =
            Pattern.compile("[A-Z]+ /(classifier|runs|instances|overview|operations)(/.*)?");

    /** API Gateway's simple response. */
    record SimpleResponse(boolean isAuthorized, Map<String, String> context) {}

    private final Authorizer authorizer;

    /**
     * Reads {@code JWT_SECRET_PARAMETER}, the name of the parameter with the secret (empty to refuse HS256), {@code
     * JWT_REQUIRE_EXPIRY} ({@code false} accepts tokens without {@code exp}), and {@code OIDC_ISSUER} (empty for none) with
     * {@code OIDC_AUDIENCE} and {@code OIDC_ROLE_CLAIM}.
     */
    public AuthorizerHandler() {
        this(new Authorizer(
                Environment.optional("JWT_SECRET_PARAMETER")
                        .map(parameter -> new SsmSecrets(
                                SsmClient.builder().httpClient(AwsHttp.client()).build(), parameter)),
                Environment.optional("OIDC_ISSUER")
                        .map(issuer -> new OidcIssuer(
                                issuer,
                                Environment.required("OIDC_AUDIENCE"),
                                Environment.required("OIDC_ROLE_CLAIM"),
                                Clock.systemUTC())),
                !Environment.optional("JWT_REQUIRE_EXPIRY").equals(Optional.of("false")),
                Clock.systemUTC()));
    }

    AuthorizerHandler(Authorizer authorizer) {
        this.authorizer = requireNonNull(authorizer, "authorizer is null");
    }

    @Override
    protected SimpleResponse event(JsonObject event) {
        return switch (authorizer.decide(HttpRequest.of(event).header("authorization"))) {
            case Decision.Allowed allowed -> new SimpleResponse(true, context(allowed));
            case Decision.Refused(String reason) -> {
                log.info("Request refused: {}", reason);
                boolean saidByFunction = ROUTES_THAT_ANSWER_401_THEMSELVES
                        .matcher(event.text("routeKey"))
                        .matches();
                yield new SimpleResponse(saidByFunction, saidByFunction ? Map.of("refused", reason) : Map.of());
            }
        };
    }

    private static Map<String, String> context(Decision.Allowed allowed) {
        var context = new LinkedHashMap<String, String>();
        context.put("id", allowed.id());
        context.put("role", allowed.role());
        context.put("mentorIds", String.join(",", allowed.mentorIds()));
        return context;
    }
}
