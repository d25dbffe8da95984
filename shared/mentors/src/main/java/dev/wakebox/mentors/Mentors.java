package dev.wakebox.mentors;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The mentors, wherever they are known. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code BAD_GATEWAY}, {@code GATEWAY_TIMEOUT} or
 * {@code UNAVAILABLE} when the source fails or is too slow, {@code UNAUTHORIZED} when it refuses the caller.
 *
 * <p>{@code authorization} is the header of who asks, to be shown to the source; null for nobody.
 */
public interface Mentors {
    /**
     * The mentors for one request of ours: where the time for an answer is limited, it is from now on one and the same for
     * all that is asked of them.
     */
    default Mentors forOneRequest() {
        return this;
    }

    /** The mentor with all that he or she has recorded, or empty when there is none of this id. */
    Optional<Mentor> find(String id, @Nullable String authorization);

    /** The mentor with what he or she has said in a category, or empty when there is none of this id. */
    Optional<AnsweredCategory> category(String id, String category, @Nullable String authorization);

    /** The id of the mentor whom the source knows as the caller's own, if it knows one. */
    Optional<String> own(@Nullable String authorization);

    /** Notes that the mentor's questions are answered by a new model. */
    void markTrained(String id, @Nullable String authorization);

    /**
     * Notes a user's question, in one attempt: the same one twice would be two.
     *
     * @return what the source calls it, for feedback; empty when the source takes no notes
     */
    Optional<String> report(UserQuestion question);
}
