package dev.wakebox.local;

import dev.wakebox.local.computer.Jwt;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** The key with which the API's tokens are signed, and an administrator's token, valid until the application ends. */
final class ApiTokenCompanion implements Companion {
    private static final String JWT_SECRET = "/wakebox/jwt-secret";

    private final Clock clock;
    private final String secret;

    ApiTokenCompanion(Context context) {
        this.clock = context.clock();
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.secret = HexFormat.of().formatHex(random);
    }

    @Override
    public Map<String, String> createResources(EmulatorClients clients) {
        clients.build(SsmClient.builder()).putParameter(request -> request.name(JWT_SECRET)
                .type(ParameterType.SECURE_STRING)
                .value(secret));
        return Map.of();
    }

    @Override
    public Map<String, String> facts() {
        var claims = Map.of(
                "id",
                "local-admin",
                "role",
                "ADMIN,runs-operator",
                "mentorIds",
                List.of(),
                "exp",
                clock.instant().plus(Duration.ofDays(30)).getEpochSecond());
        return Map.of("token", Jwt.signed(claims, secret));
    }
}
