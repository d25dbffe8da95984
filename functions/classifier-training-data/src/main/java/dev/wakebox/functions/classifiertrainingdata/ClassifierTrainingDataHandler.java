package dev.wakebox.functions.classifiertrainingdata;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifierapi.Caller;
import dev.wakebox.classifierapi.ClassifierFunction;
import dev.wakebox.classifierapi.MentorAccess;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.mentors.MentorSource;
import dev.wakebox.mentors.Mentors;
import dev.wakebox.mentors.TrainingData;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.WakeboxException;
import java.util.Map;

/** {@code GET /classifier/trainingdata/{mentor}}. */
public final class ClassifierTrainingDataHandler extends ClassifierFunction {
    private final MentorAccess access;
    private final Mentors mentors;

    /** Reads {@code GRAPHQL_ENDPOINT} or, if that is not set, {@code BUCKET}. */
    public ClassifierTrainingDataHandler() {
        this(MentorAccess.ofEnvironment(), MentorSource.ofEnvironment());
    }

    ClassifierTrainingDataHandler(MentorAccess access, Mentors mentors) {
        this.access = requireNonNull(access, "access is null");
        this.mentors = requireNonNull(mentors, "mentors is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        var _ = Caller.of(request);
        String mentor = mentor(request.pathParameters().get("mentor"));
        access.require(request, mentor);
        return mentors.find(mentor, CallerHeaders.of(request))
                .map(found -> new HttpResponse(
                        200,
                        Map.of(
                                "content-type", "text/csv; charset=utf-8",
                                "content-disposition", "attachment; filename=\"" + mentor + "-trainingdata.csv\"",
                                "cache-control", "no-store"),
                        TrainingData.csv(found)))
                .orElseThrow(() -> new WakeboxException(ErrorCode.NOT_FOUND, "There is no mentor \"" + mentor + "\"."));
    }
}
