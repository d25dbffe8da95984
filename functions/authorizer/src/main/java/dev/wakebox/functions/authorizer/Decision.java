package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** Whether a request may pass. */
sealed interface Decision {
    /** The token is good; this is who its bearer is. */
    record Allowed(String id, String role, List<String> mentorIds) implements Decision {
        public Allowed {
            requireNonNull(id, "id is null");
            requireNonNull(role, "role is null");
            mentorIds = List.copyOf(mentorIds);
        }
    }

    /**
     * The request may not pass.
     *
     * @param reason for the log; it shows nothing of the token
     */
    record Refused(String reason) implements Decision {
        public Refused {
            requireNonNull(reason, "reason is null");
        }
    }
}
