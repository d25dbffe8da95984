package dev.wakebox.mentors;

import dev.wakebox.graphql.GraphQl;
import dev.wakebox.runtime.Environment;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Duration;
import java.util.Optional;

/** Chooses the source of mentors for this deployment. */
public final class MentorSource {
    /** API Gateway waits for 30 s, functions time out one second earlier, and permissions are checked first. */
    private static final GraphQl.Limits PATIENT = new GraphQl.Limits(Duration.ofSeconds(10), Duration.ofSeconds(20));

    private MentorSource() {}

    /** The GraphQL server at {@code GRAPHQL_ENDPOINT}, or the files of {@code BUCKET} if that is not set. */
    public static Mentors ofEnvironment() {
        return graphQl(limits(Environment.optional("GRAPHQL_ANSWER_SECONDS")))
                .orElseGet(() -> new S3Mentors(S3ObjectStore.ofBucket(Environment.required("BUCKET"))));
    }

    /**
     * Without a setting, API Gateway's timeout applies. Only the worker of a queue has a setting, and it has time for
     * two attempts.
     */
    static GraphQl.Limits limits(Optional<String> seconds) {
        return seconds.map(Long::parseLong)
                .map(Duration::ofSeconds)
                .map(attempt -> new GraphQl.Limits(attempt, attempt.multipliedBy(2)))
                .orElse(PATIENT);
    }

    /** The GraphQL server at {@code GRAPHQL_ENDPOINT}, if set. */
    public static Optional<Mentors> graphQl(GraphQl.Limits limits) {
        return GraphQl.ofEnvironment(limits).map(GraphQlMentors::new);
    }
}
