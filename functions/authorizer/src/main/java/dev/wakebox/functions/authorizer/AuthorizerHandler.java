package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.HttpRequest;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Answers API Gateway's question whether a request may pass.
 *
 * @see <a href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html">Lambda
 *     authorizers, payload format 2.0, simple responses</a>
 */
public final class AuthorizerHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(AuthorizerHandler.class);

    /**
     * The functions of these routes answer a refusal themselves, with body and headers that API Gateway can't be told:
     * they get the reason in place of the caller.
     */
    private static final String SAYS_NO_ITSELF = " /classifier/";

    private final Authorizer authorizer;

    /** Reads {@code JWT_SECRET_PARAMETER}, the name of the parameter that has the secret. */
    public AuthorizerHandler() {
        this(new Authorizer(
                new SsmSecrets(SsmClient.create(), Environment.required("JWT_SECRET_PARAMETER")), Clock.systemUTC()));
    }

    AuthorizerHandler(Authorizer authorizer) {
        this.authorizer = requireNonNull(authorizer, "authorizer is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        var answer = new LinkedHashMap<String, @Nullable Object>();
        switch (authorizer.decide(HttpRequest.of(event).header("authorization"))) {
            case Decision.Allowed allowed -> {
                answer.put("isAuthorized", true);
                answer.put("context", context(allowed));
            }
            case Decision.Refused(String reason) -> {
                log.info("Request refused: {}", reason);
                boolean saidByFunction = String.valueOf(event.get("routeKey")).contains(SAYS_NO_ITSELF);
                answer.put("isAuthorized", saidByFunction);
                answer.put("context", saidByFunction ? Map.of("refused", reason) : Map.of());
            }
        }
        return answer;
    }

    private static Map<String, String> context(Decision.Allowed allowed) {
        var context = new LinkedHashMap<String, String>();
        context.put("id", allowed.id());
        context.put("role", allowed.role());
        context.put("mentorIds", String.join(",", allowed.mentorIds()));
        return context;
    }
}
