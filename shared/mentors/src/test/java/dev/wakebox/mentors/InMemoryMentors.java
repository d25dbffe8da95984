package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Mentors in memory with the reports about them, and failures on request. Thread-safe. */
public final class InMemoryMentors implements Mentors {
    private final Map<String, Mentor> mentors = new HashMap<>();
    private final List<String> trained = new ArrayList<>();
    private final List<UserQuestion> reported = new ArrayList<>();
    private final List<String> authorizations = new ArrayList<>();
    private final List<String> origins = new ArrayList<>();
    private @Nullable WakeboxException failure;
    private @Nullable WakeboxException markFailure;

    public synchronized InMemoryMentors put(Mentor mentor) {
        mentors.put(mentor.id(), mentor);
        return this;
    }

    /** Makes every call fail from now on; null ends that. */
    public synchronized void failWith(@Nullable WakeboxException newFailure) {
        failure = newFailure;
    }

    /** Makes marking as trained fail from now on; null ends that. */
    public synchronized void failToMark(@Nullable WakeboxException newFailure) {
        markFailure = newFailure;
    }

    /** The ids of the mentors that were marked as trained, in order. */
    public synchronized List<String> trained() {
        return List.copyOf(trained);
    }

    public synchronized List<UserQuestion> reported() {
        return List.copyOf(reported);
    }

    /** The tokens of the calls. */
    public synchronized List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    /** The origins of the calls. */
    public synchronized List<String> origins() {
        return List.copyOf(origins);
    }

    @Override
    public synchronized Optional<Mentor> find(String id, CallerHeaders caller) {
        called(caller);
        return Optional.ofNullable(mentors.get(id));
    }

    /** A category is a topic here. */
    @Override
    public synchronized Optional<AnsweredCategory> category(String id, String category, CallerHeaders caller) {
        return find(id, caller).map(mentor -> AnsweredCategory.ofTopic(mentor, category));
    }

    /** The only mentor there is. */
    @Override
    public synchronized Optional<String> own(CallerHeaders caller) {
        called(caller);
        return mentors.size() == 1 ? mentors.keySet().stream().findFirst() : Optional.empty();
    }

    @Override
    public synchronized void markTrained(String id, CallerHeaders caller) {
        called(caller);
        if (markFailure != null) {
            throw markFailure;
        }
        trained.add(requireNonNull(id));
    }

    @Override
    public synchronized Optional<String> report(UserQuestion question, CallerHeaders caller) {
        called(caller);
        reported.add(question);
        return Optional.of("report-" + reported.size());
    }

    private void called(CallerHeaders caller) {
        if (failure != null) {
            throw failure;
        }
        if (caller.authorization() != null) {
            authorizations.add(caller.authorization());
        }
        if (caller.origin() != null) {
            origins.add(caller.origin());
        }
    }
}
