package dev.wakebox.local.ec2;

import java.util.Locale;
import software.amazon.awssdk.services.ec2.model.InstanceState;

/** The states of an instance, with EC2's codes. */
enum LocalInstanceState {
    PENDING(0),
    RUNNING(16),
    SHUTTING_DOWN(32),
    TERMINATED(48),
    STOPPING(64),
    STOPPED(80);

    final int code;

    LocalInstanceState(int code) {
        this.code = code;
    }

    /** EC2's name of the state, as in {@code shutting-down}. */
    String awsName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The state in an answer of EC2. */
    InstanceState described() {
        return InstanceState.builder().code(code).name(awsName()).build();
    }
}
