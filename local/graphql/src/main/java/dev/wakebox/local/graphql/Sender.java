package dev.wakebox.local.graphql;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sender of an operation, from the claims of its token; the signature is not verified.
 *
 * @param authorization the header, or null
 * @param claims of the token; empty without a readable token
 */
record Sender(@Nullable String authorization, JsonObject claims) {
    private static final Set<String> MANAGERS =
            Set.of("CONTENT_MANAGER", "ADMIN", "SUPER_CONTENT_MANAGER", "SUPER_ADMIN");

    static Sender of(@Nullable String authorization) {
        return new Sender(authorization, authorization == null ? JsonObject.of() : claims(authorization));
    }

    boolean isAnonymous() {
        return authorization == null;
    }

    /** Managers may edit every mentor, users their own mentors, and {@code editors} the mentor that lists them. */
    boolean mayEdit(String mentor, List<String> editors) {
        return Arrays.stream(claims.text("role").split(",")).anyMatch(MANAGERS::contains)
                || claims.texts("mentorIds").contains(mentor)
                || editors.contains(claims.text("id"));
    }

    private static JsonObject claims(String authorization) {
        try {
            return Stream.of(authorization.split("\\.", -1))
                    .skip(1)
                    .findFirst()
                    .map(payload -> Json.object(Base64.getUrlDecoder().decode(payload)))
                    .orElse(JsonObject.of());
        } catch (IllegalArgumentException | WakeboxException e) {
            return JsonObject.of();
        }
    }
}
