package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

/** What EC2 answers to a launch. */
public sealed interface LaunchAnswer {
    /** The instance of that ClientToken: a new one, or the one of an earlier call with the same token. */
    record Launched(String instanceId) implements LaunchAnswer {
        public Launched {
            requireNonNull(instanceId, "instanceId is null");
        }
    }

    /**
     * Nothing was launched.
     *
     * @param elsewhere whether another type, place or market may be had
     */
    record Refused(String code, String message, boolean elsewhere) implements LaunchAnswer {
        public Refused {
            requireNonNull(code, "code is null");
            requireNonNull(message, "message is null");
        }
    }
}
