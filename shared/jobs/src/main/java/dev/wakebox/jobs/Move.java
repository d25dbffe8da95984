package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of state that is applied only if the job is in an expected state.
 *
 * @param from the expected states, one of which the job must have
 * @param to the new state, with time and reason
 * @param attributes added to the job's; those with the same name are replaced
 * @param owner who must hold the lease, which ends with the move; null when no lease is needed, and none ends
 * @param expiresAt the new expiry of the record, or null for never
 */
public record Move(
        Set<String> from,
        Change to,
        Map<String, String> attributes,
        @Nullable String owner,
        @Nullable Instant expiresAt) {
    public Move {
        from = Set.copyOf(from);
        requireNonNull(to, "to is null");
        attributes = Map.copyOf(attributes);
        if (from.isEmpty()) {
            throw new IllegalArgumentException("A move to " + to.state() + " names no expected state.");
        }
    }
}
