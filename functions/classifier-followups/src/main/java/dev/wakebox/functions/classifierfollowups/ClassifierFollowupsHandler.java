package dev.wakebox.functions.classifierfollowups;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifierapi.Caller;
import dev.wakebox.classifierapi.ClassifierFunction;
import dev.wakebox.classifierapi.MentorAccess;
import dev.wakebox.graphql.CallerHeaders;
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
 * /classifier/me/followups/category/{category}} for the caller's own mentor: proposes questions.
 */
public final class ClassifierFollowupsHandler extends ClassifierFunction {
    private static final int LONGEST_CATEGORY = 200;

    private final MentorAccess access;
    private final Mentors mentors;
    private final FollowUps followUps;

    /** Reads {@code GRAPHQL_ENDPOINT} or, if that is not set, {@code BUCKET}. */
    public ClassifierFollowupsHandler() {
        this(MentorAccess.ofEnvironment(), MentorSource.ofEnvironment(), FollowUps.with(Encoder.open()));
    }

    ClassifierFollowupsHandler(MentorAccess access, Mentors mentors, FollowUps followUps) {
        this.access = requireNonNull(access, "access is null");
        this.mentors = requireNonNull(mentors, "mentors is null");
        this.followUps = requireNonNull(followUps, "followUps is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        Caller caller = Caller.of(request);
        CallerHeaders headers = CallerHeaders.of(request);
        String category = category(request.pathParameters().get("category"));
        String named = request.pathParameters().get("mentor");
        Mentors source = mentors.forOneRequest();
        String mentor;
        if (named == null) {
            mentor = own(caller, source, headers);
        } else {
            mentor = mentor(named);
            access.require(request, mentor);
        }
        List<Map<String, String>> questions = source
                .category(mentor, category, headers)
                .map(followUps::of)
                .orElseThrow(() -> new WakeboxException(ErrorCode.NOT_FOUND, "There is no mentor \"" + mentor + "\"."))
                .stream()
                .map(ClassifierFollowupsHandler::json)
                .toList();
        return HttpResponse.ok(Map.of("data", Map.of("followups", questions)));
    }

    /**
     * The only mentor in the caller's token. If the token has none or several, the source decides which mentor is the
     * caller's own.
     */
    private static String own(Caller caller, Mentors source, CallerHeaders headers) {
        List<String> ids =
                caller.mentorIds().stream().filter(id -> !id.isBlank()).toList();
        return ids.size() == 1
                ? mentor(ids.getFirst())
                : source.own(headers)
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
