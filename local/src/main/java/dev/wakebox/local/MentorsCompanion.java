package dev.wakebox.local;

import dev.wakebox.local.graphql.GraphQlStandIn;
import java.util.Map;

/** The mentors' GraphQL server, which the question classifier reads. */
final class MentorsCompanion implements Companion {
    private final GraphQlStandIn server;

    MentorsCompanion(Context context) {
        this.server = context.open().add(GraphQlStandIn.start(0));
    }

    @Override
    public Map<String, String> parameters() {
        return Map.of("GraphqlEndpoint", server.uri().toString());
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("graphql", server.uri().toString());
    }
}
