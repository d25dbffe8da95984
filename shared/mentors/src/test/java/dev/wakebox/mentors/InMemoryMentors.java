package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Mentors in memory, with what was noted about them, and failures on request. Thread-safe. */
public final class InMemoryMentors implements Mentors {
    private final Map<String, Mentor> mentors = new HashMap<>();
    private final List<String> trained = new ArrayList<>();
    private final List<UserQuestion> reported = new ArrayList<>();
    private final List<String> authorizations = new ArrayList<>();
    private @Nullable WakeboxException failure;
    private @Nullable WakeboxException markFailure;

    public synchronized InMemoryMentors put(Mentor mentor) {
        mentors.put(mentor.id(), mentor);
        return this;
    }

    /** From now on every call fails; with null none does. */
    public synchronized void failWith(@Nullable WakeboxException newFailure) {
        failure = newFailure;
    }

    /** From now on none can be marked trained; with null all can. */
    public synchronized void failToMark(@Nullable WakeboxException newFailure) {
        markFailure = newFailure;
    }

    /** The ids of those who were marked trained, in order. */
    public synchronized List<String> trained() {
        return List.copyOf(trained);
    }

    public synchronized List<UserQuestion> reported() {
        return List.copyOf(reported);
    }

    /** The headers that were shown. */
    public synchronized List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    @Override
    public synchronized Optional<Mentor> find(String id, @Nullable String authorization) {
        called(authorization);
        return Optional.ofNullable(mentors.get(id));
    }

    /** A category is a topic here. */
    @Override
    public synchronized Optional<AnsweredCategory> category(
            String id, String category, @Nullable String authorization) {
        return find(id, authorization).map(mentor -> AnsweredCategory.ofTopic(mentor, category));
    }

    /** The only mentor there is. */
    @Override
    public synchronized Optional<String> own(@Nullable String authorization) {
        called(authorization);
        return mentors.size() == 1 ? mentors.keySet().stream().findFirst() : Optional.empty();
    }

    @Override
    public synchronized void markTrained(String id, @Nullable String authorization) {
        called(authorization);
        if (markFailure != null) {
            throw markFailure;
        }
        trained.add(requireNonNull(id));
    }

    @Override
    public synchronized Optional<String> report(UserQuestion question) {
        called(null);
        reported.add(question);
        return Optional.of("report-" + reported.size());
    }

    private void called(@Nullable String authorization) {
        if (failure != null) {
            throw failure;
        }
        if (authorization != null) {
            authorizations.add(authorization);
        }
    }
}
