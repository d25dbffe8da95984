package dev.wakebox.classifierapi;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Set;

/**
 * Who sends a request, as the authorizer has found from the token.
 *
 * @param mentorIds the mentors that are the caller's own
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
     * The sender of this request.
     *
     * @throws WakeboxException {@code UNAUTHORIZED} with the authorizer's reason when it let nobody in
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

    /** @throws WakeboxException {@code FORBIDDEN} when the caller may not act for this mentor */
    public void requireMayActFor(String mentor) {
        if (!OF_ALL_MENTORS.contains(role) && !mentorIds.contains(mentor)) {
            throw new WakeboxException(
                    ErrorCode.FORBIDDEN,
                    "The caller's token is neither of the mentor " + mentor + " nor of a role that manages mentors.");
        }
    }
}
