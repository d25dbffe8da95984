package dev.wakebox.mentors;

import dev.wakebox.graphql.CallerHeaders;
import java.util.Optional;

/**
 * Access to mentors, independent of their source. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code BAD_GATEWAY}, {@code GATEWAY_TIMEOUT} or
 * {@code UNAVAILABLE} when the source fails or is too slow, {@code UNAUTHORIZED} when it refuses the caller.
 *
 * <p>{@code caller} identifies the caller to the source.
 */
public interface Mentors {
    /** A view for one inbound request. If the source has a deadline, all calls made through the view share it. */
    default Mentors forOneRequest() {
        return this;
    }

    /** The mentor with all recorded answers; empty if there is no such mentor. */
    Optional<Mentor> find(String id, CallerHeaders caller);

    /** The mentor with the answers of a category; empty if there is no such mentor. */
    Optional<AnsweredCategory> category(String id, String category, CallerHeaders caller);

    /** The id of the caller's own mentor, if the source knows one. */
    Optional<String> own(CallerHeaders caller);

    /** Records that the mentor has a new model. */
    void markTrained(String id, CallerHeaders caller);

    /**
     * Records a user's question. It makes one attempt, because a retry could record the question twice.
     *
     * @return the source's id of the record, for feedback; empty when the source keeps none
     */
    Optional<String> report(UserQuestion question, CallerHeaders caller);
}
