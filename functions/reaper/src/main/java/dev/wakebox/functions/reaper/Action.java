package dev.wakebox.functions.reaper;

/** What a sweep does about the world as it found it, with the reason. */
public sealed interface Action {
    /** Why, for the log and for the answer. */
    String reason();

    /** The word for this action in the log and in the answer. */
    String word();

    /** All is as it should be, or will be by itself. */
    record Nothing(String reason) implements Action {
        @Override
        public String word() {
            return "nothing";
        }
    }

    /** The instance runs and nobody needs it. */
    record StopInstance(String reason) implements Action {
        @Override
        public String word() {
            return "stop-instance";
        }
    }

    /** The run is over without having said so: its work order goes, and the status is set back. */
    record EndRun(boolean stopInstance, String reason) implements Action {
        @Override
        public String word() {
            return "end-run";
        }
    }
}
