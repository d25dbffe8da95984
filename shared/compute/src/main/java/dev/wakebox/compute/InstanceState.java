package dev.wakebox.compute;

import java.util.Locale;

/**
 * The states of an instance, in EC2's words.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html">instance lifecycle</a>
 */
public enum InstanceState {
    PENDING,
    RUNNING,
    STOPPING,
    STOPPED,
    SHUTTING_DOWN,
    TERMINATED;

    /** Whether the instance is pending or running, and so can be stopped. */
    public boolean up() {
        return this == PENDING || this == RUNNING;
    }

    /** EC2's name of the state, as in {@code shutting-down}. */
    public String awsName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException when EC2 has no state of that name */
    public static InstanceState ofAwsName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
