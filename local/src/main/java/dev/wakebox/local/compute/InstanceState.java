package dev.wakebox.local.compute;

import java.util.Locale;

/** The life of an instance, with EC2's numbers for it. */
enum InstanceState {
    PENDING(0),
    RUNNING(16),
    SHUTTING_DOWN(32),
    TERMINATED(48),
    STOPPING(64),
    STOPPED(80);

    final int code;

    InstanceState(int code) {
        this.code = code;
    }

    /** EC2's name of the state, as in {@code shutting-down}. */
    String awsName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
