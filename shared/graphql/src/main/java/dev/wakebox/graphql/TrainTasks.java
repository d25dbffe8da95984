package dev.wakebox.graphql;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports trainings to the GraphQL server, whose records the editor's page reads. Thread-safe. */
public final class TrainTasks {
    private static final Logger log = LoggerFactory.getLogger(TrainTasks.class);

    private static final String ADD_OR_UPDATE = """
            mutation TrainTaskAddOrUpdate($taskDocId: ID!, $mentorId: ID!, $status: String!) {
              me {
                mentorTrainTaskAddOrUpdate(taskDocId: $taskDocId, mentorId: $mentorId, status: $status) { _id }
              }
            }
            """;

    private final Optional<GraphQl> server;

    /** @param server if empty, nothing is reported */
    public TrainTasks(Optional<GraphQl> server) {
        this.server = requireNonNull(server, "server is null");
    }

    /** Whether there is a server to report to. */
    public boolean areKept() {
        return server.isPresent();
    }

    /**
     * Reports the status of a training. It is idempotent.
     *
     * @return the id under which the server knows the training; empty when it keeps no such records
     * @throws WakeboxException when the server can't be reached now; a retry may succeed
     */
    public Optional<String> note(String id, String mentor, String status, CallerHeaders caller) {
        if (server.isEmpty()) {
            return Optional.empty();
        }
        try {
            var data = server.get()
                    .ask(ADD_OR_UPDATE, Map.of("taskDocId", id, "mentorId", mentor, "status", status), caller);
            return data.object("me").object("mentorTrainTaskAddOrUpdate").optionalText("_id");
        } catch (WakeboxException e) {
            if (e.getCause() instanceof TransientFailure || e.code() == ErrorCode.UNAVAILABLE) {
                throw e;
            }
            log.warn("The GraphQL server did not record that the training {} is {}: {}", id, status, e.getMessage());
            return Optional.empty();
        }
    }
}
