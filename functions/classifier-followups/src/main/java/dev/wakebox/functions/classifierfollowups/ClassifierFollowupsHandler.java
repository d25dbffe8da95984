package dev.wakebox.functions.classifierfollowups;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifierapi.Caller;
import dev.wakebox.classifierapi.ClassifierFunction;
import dev.wakebox.mentors.MentorSource;
import dev.wakebox.mentors.Mentors;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /classifier/followups/category/{category}/{mentor}}, and {@code POST
 * /classifier/me/followups/category/{category}} for the caller's own mentor: what to ask next.
 */
public final class ClassifierFollowupsHandler extends ClassifierFunction {
    private static final int LONGEST_CATEGORY = 200;

    private final Mentors mentors;
    private final FollowUps followUps;

    /** Reads {@code GRAPHQL_ENDPOINT} or, where there is none, {@code BUCKET}. */
    public ClassifierFollowupsHandler() {
        this(MentorSource.ofEnvironment(), FollowUps.with(Encoder.open()));
    }

    ClassifierFollowupsHandler(Mentors mentors, FollowUps followUps) {
        this.mentors = requireNonNull(mentors, "mentors is null");
        this.followUps = requireNonNull(followUps, "followUps is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        Caller caller = Caller.of(request);
        String authorization = request.header("authorization");
        String category = category(request.pathParameters().get("category"));
        String named = request.pathParameters().get("mentor");
        String mentor = named == null ? own(caller, authorization) : mentor(named);
        caller.requireMayActFor(mentor);
        List<Map<String, String>> questions = mentors
                .category(mentor, category, authorization)
                .map(followUps::of)
                .orElseThrow(() -> new WakeboxException(ErrorCode.NOT_FOUND, "There is no mentor \"" + mentor + "\"."))
                .stream()
                .map(ClassifierFollowupsHandler::json)
                .toList();
        return HttpResponse.ok(Map.of("data", Map.of("followups", questions)));
    }

    private String own(Caller caller, @Nullable String authorization) {
        List<String> ids =
                caller.mentorIds().stream().filter(id -> !id.isBlank()).toList();
        return ids.size() == 1
                ? mentor(ids.getFirst())
                : mentors.own(authorization)
                        .orElseThrow(() -> WakeboxException.invalidField(
                                "mentor",
                                "The caller's token is of " + ids.size() + " mentors; name one of them: "
                                        + "POST /classifier/followups/category/{category}/{mentor}."));
    }

    private static String category(@Nullable String value) {
        if (value == null || value.isBlank() || value.length() > LONGEST_CATEGORY) {
            throw WakeboxException.invalidField(
                    "category", "The category must be an id or a name of 1 to " + LONGEST_CATEGORY + " characters.");
        }
        return value;
    }

    private static Map<String, String> json(FollowUp followUp) {
        return Map.of(
                "question", followUp.question(),
                "entityType", followUp.kind().label(),
                "template", followUp.kind().template());
    }
}
