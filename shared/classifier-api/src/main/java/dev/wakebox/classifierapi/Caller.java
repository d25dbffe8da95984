package dev.wakebox.classifierapi;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.WakeboxException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The caller of a request, from the claims of the token.
 *
 * @param role or several roles, separated by commas
 * @param mentorIds the caller's own mentors
 */
public record Caller(String id, String role, Set<String> mentorIds) {
    private static final Set<String> OF_ALL_MENTORS =
            Set.of("CONTENT_MANAGER", "ADMIN", "SUPER_CONTENT_MANAGER", "SUPER_ADMIN");

    public Caller {
        requireNonNull(id, "id is null");
        requireNonNull(role, "role is null");
        mentorIds = Set.copyOf(mentorIds);
    }

    /**
     * The caller of this request.
     *
     * @throws WakeboxException {@code UNAUTHORIZED} with the authorizer's reason when the token is not valid
     */
    public static Caller of(HttpRequest request) {
        String id = request.authorizer().getOrDefault("id", "");
        String role = request.authorizer().getOrDefault("role", "");
        if (id.isEmpty() || role.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.UNAUTHORIZED,
                    request.authorizer().getOrDefault("refused", "The request did not pass the authorizer."));
        }
        return new Caller(
                id,
                role,
                Set.copyOf(List.of(
                        request.authorizer().getOrDefault("mentorIds", "").split(",", -1))));
    }

    /** @throws WakeboxException {@code FORBIDDEN} when the claims don't allow the caller to act for this mentor */
    void requireMayActFor(String mentor) {
        if (Arrays.stream(role.split(",")).noneMatch(OF_ALL_MENTORS::contains) && !mentorIds.contains(mentor)) {
            throw new WakeboxException(
                    ErrorCode.FORBIDDEN,
                    "The caller's token is neither of the mentor " + mentor + " nor of a role that manages mentors.");
        }
    }
}
