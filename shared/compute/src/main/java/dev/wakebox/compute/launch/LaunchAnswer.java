package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.AwsRefusal;
import dev.wakebox.compute.execution.Purchase;

/** EC2's answer to a launch. */
public sealed interface LaunchAnswer {
    /** The instance with that ClientToken: a new one, or the one of an earlier call with the same token. */
    record Launched(String instanceId, Purchase purchase) implements LaunchAnswer {
        public Launched {
            requireNonNull(instanceId, "instanceId is null");
            requireNonNull(purchase, "purchase is null");
        }
    }

    /**
     * EC2 launched nothing.
     *
     * @param why the consequence of the refusal
     */
    record Refused(String code, String message, AwsRefusal why) implements LaunchAnswer {
        public Refused {
            requireNonNull(code, "code is null");
            requireNonNull(message, "message is null");
            requireNonNull(why, "why is null");
        }
    }
}
