package dev.wakebox.local.ec2;

import java.time.Instant;
import java.util.Map;

/** Temporary credentials of a role, as {@code sts:AssumeRole} gives them. */
public record Credentials(String accessKeyId, String secretAccessKey, String sessionToken, Instant expiration) {
    /** As the variables that the SDKs and the CLI read. */
    public Map<String, String> variables() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", accessKeyId,
                "AWS_SECRET_ACCESS_KEY", secretAccessKey,
                "AWS_SESSION_TOKEN", sessionToken);
    }
}
