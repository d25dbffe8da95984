package dev.wakebox.classifierapi;

import static java.util.Objects.requireNonNull;

import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.graphql.GraphQl;
import dev.wakebox.graphql.MentorRights;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides whether a caller may act for a mentor: by the GraphQL server if there is one, otherwise by the claims of the
 * token. Thread-safe.
 */
public final class MentorAccess {
    /** Leaves the function the same time for its own work. */
    private static final GraphQl.Limits LIMITS = new GraphQl.Limits(Duration.ofSeconds(4), Duration.ofSeconds(6));

    private final Optional<MentorRights> rights;

    private MentorAccess(Optional<MentorRights> rights) {
        this.rights = requireNonNull(rights, "rights is null");
    }

    /** Uses the server at {@code GRAPHQL_ENDPOINT}, if set. */
    public static MentorAccess ofEnvironment() {
        return new MentorAccess(GraphQl.ofEnvironment(LIMITS).map(MentorRights::new));
    }

    /** Uses this server. */
    public static MentorAccess of(GraphQl server) {
        return new MentorAccess(Optional.of(new MentorRights(server)));
    }

    /** Uses the claims only. */
    public static MentorAccess ofClaims() {
        return new MentorAccess(Optional.empty());
    }

    /**
     * Returns if the caller may act for the mentor.
     *
     * @throws WakeboxException {@code UNAUTHORIZED} without a valid token, {@code FORBIDDEN} when the caller may not,
     *     or the server's failure
     */
    public void require(HttpRequest request, String mentor) {
        Caller caller = Caller.of(request);
        if (rights.isEmpty()) {
            caller.requireMayActFor(mentor);
        } else if (!rights.get().mayEdit(mentor, CallerHeaders.of(request))) {
            throw new WakeboxException(
                    ErrorCode.FORBIDDEN,
                    "The caller may not edit the mentor " + mentor
                            + ": the GraphQL server's mentorCanEdit refuses this token.");
        }
    }
}
