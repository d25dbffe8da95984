package dev.wakebox.graphql;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.Map;

/** Asks the GraphQL server who may edit a mentor. Thread-safe. */
public final class MentorRights {
    private static final String CAN_EDIT = """
            query MentorCanEdit($mentor: ID!) {
              mentorCanEdit(mentor: $mentor)
            }
            """;

    private final GraphQl server;

    public MentorRights(GraphQl server) {
        this.server = requireNonNull(server, "server is null");
    }

    /**
     * Whether the caller may edit the mentor.
     *
     * @throws WakeboxException as {@link GraphQl} does; {@code BAD_GATEWAY} when the answer has no decision
     */
    public boolean mayEdit(String mentor, CallerHeaders caller) {
        if (server.ask(CAN_EDIT, Map.of("mentor", mentor), caller).get("mentorCanEdit") instanceof Boolean may) {
            return may;
        }
        throw new WakeboxException(
                ErrorCode.BAD_GATEWAY, "The GraphQL server does not say who may edit the mentor " + mentor + ".");
    }
}
