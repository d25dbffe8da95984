package dev.wakebox.functions.reaper;

/** The action of a sweep for the observed state, with the reason. */
public sealed interface Action {
    /** The reason, for the log and for the answer. */
    String reason();

    /** The name of this action in the log and in the answer. */
    String word();

    /** The state is consistent, or becomes so without an action. */
    record Nothing(String reason) implements Action {
        @Override
        public String word() {
            return "nothing";
        }
    }

    /** The instance is running and not needed. */
    record StopInstance(String reason) implements Action {
        @Override
        public String word() {
            return "stop-instance";
        }
    }

    /** The run has ended without a report: its training order is deleted, and the status is reset. */
    record EndRun(boolean stopInstance, String reason) implements Action {
        @Override
        public String word() {
            return "end-run";
        }
    }

    /** No run claims the server, and a training order is left: it is deleted. */
    record DeleteOrder(String reason) implements Action {
        @Override
        public String word() {
            return "delete-order";
        }
    }

    /** A training of the queue begins, or its training order is handed over. */
    record BeginNext(String reason) implements Action {
        @Override
        public String word() {
            return "begin-next";
        }
    }
}
