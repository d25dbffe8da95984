package dev.wakebox.local;

import dev.wakebox.local.ec2.Credentials;
import java.time.Duration;
import software.amazon.awssdk.services.sts.StsClient;

/** Issues temporary credentials of roles, as Lambda and EC2 do. Thread-safe. */
final class Roles {
    /** How long credentials are valid. */
    static final Duration SESSION = Duration.ofHours(1);

    private final StsClient sts;

    /** @param sts with the credentials of the root user, who may assume the roles of services in MiniStack */
    Roles(StsClient sts) {
        this.sts = sts;
    }

    /** @param session the function or instance, which refusals then name */
    Credentials assume(String roleArn, String session) {
        var given = sts.assumeRole(request ->
                        request.roleArn(roleArn).roleSessionName(session).durationSeconds((int) SESSION.toSeconds()))
                .credentials();
        return new Credentials(given.accessKeyId(), given.secretAccessKey(), given.sessionToken(), given.expiration());
    }
}
