package dev.wakebox.local;

import dev.wakebox.local.platform.PlatformStandIn;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** The video-analysis platform, which has no TLS and runs one analytic, and the secret with its token. */
final class PlatformCompanion implements Companion {
    private static final String TOKEN = "wakebox/platform-token";
    private static final String TOKEN_PARAMETER = "PlatformTokenArn";

    /** Stands for the secret's ARN, which Secrets Manager ends with six characters of its own choice. */
    private static final String TOKEN_ARN_PATTERN =
            "arn:aws:secretsmanager:" + LocalAccount.REGION + ":" + LocalAccount.ID + ":secret:" + TOKEN + "-??????";

    private final PlatformStandIn platform;

    PlatformCompanion(Context context) {
        this.platform = context.open().add(PlatformStandIn.start(0));
    }

    @Override
    public Map<String, String> parameters() {
        return Map.of(
                TOKEN_PARAMETER,
                TOKEN_ARN_PATTERN,
                "PlatformTrustedHosts",
                "127.0.0.1",
                "IngressAnalytics",
                "wakebox/demo-labels");
    }

    @Override
    public Map<String, String> createResources(EmulatorClients clients) {
        var token = clients.build(SecretsManagerClient.builder())
                .createSecret(request -> request.name(TOKEN).secretString(platform.tokenDocument()));
        return Map.of(TOKEN_PARAMETER, token.arn());
    }

    @Override
    public void apiReady(URI api) {
        platform.callWhenComplete(URI.create(api + "/job-complete"));
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("platform", platform.uri().toString());
    }
}
