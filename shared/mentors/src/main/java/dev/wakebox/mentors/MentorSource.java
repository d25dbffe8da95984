package dev.wakebox.mentors;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Pause;
import dev.wakebox.runtime.Retries;
import dev.wakebox.storage.S3ObjectStore;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Where this deployment knows its mentors from. */
public final class MentorSource {
    /** API Gateway waits for 30 s, the functions behind it end a second before. */
    private static final GraphQl.Limits PATIENT = new GraphQl.Limits(Duration.ofSeconds(10), Duration.ofSeconds(20));

    private MentorSource() {}

    /** The GraphQL server at {@code GRAPHQL_ENDPOINT} or, where there is none, the files of {@code BUCKET}. */
    public static Mentors ofEnvironment() {
        return graphQl(PATIENT).orElseGet(() -> new S3Mentors(S3ObjectStore.ofBucket(Environment.required("BUCKET"))));
    }

    /** The GraphQL server at {@code GRAPHQL_ENDPOINT}, if there is one. */
    public static Optional<Mentors> graphQl(GraphQl.Limits limits) {
        Clock clock = Clock.systemUTC();
        return Environment.optional("GRAPHQL_ENDPOINT")
                .map(url -> new GraphQlMentors(new GraphQl(
                        URI.create(url),
                        limits,
                        new Retries(clock, Pause.ofThread(), () -> ThreadLocalRandom.current()
                                .nextDouble()),
                        clock)));
    }
}
