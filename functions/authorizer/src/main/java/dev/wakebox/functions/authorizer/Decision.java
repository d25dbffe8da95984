package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** The decision about a token. */
sealed interface Decision {
    /** The token is valid; these are its claims. */
    record Allowed(String id, String role, List<String> mentorIds) implements Decision {
        public Allowed {
            requireNonNull(id, "id is null");
            requireNonNull(role, "role is null");
            mentorIds = List.copyOf(mentorIds);
        }
    }

    /**
     * The token is not valid.
     *
     * @param reason for the log; it has no part of the token
     */
    record Refused(String reason) implements Decision {
        public Refused {
            requireNonNull(reason, "reason is null");
        }
    }
}
