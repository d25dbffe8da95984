package dev.wakebox.functions.ec2poller;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.compute.launch.RunInstance;
import dev.wakebox.compute.launch.RunResources;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An instance that ended before its commands: the outcome of its attempt, and the cause with what EC2 says about it. */
record InstanceLoss(RunOutcome outcome, String cause) {
    private static final Logger log = LoggerFactory.getLogger(InstanceLoss.class);

    private static final Set<InstanceState> GONE = EnumSet.of(
            InstanceState.STOPPING, InstanceState.STOPPED, InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED);

    /** Characters of the console in the cause. */
    private static final int SHOWN = 1_000;

    /** Asks EC2; empty if the instance is there, or if EC2 doesn't answer, because a later poll asks again. */
    static Optional<InstanceLoss> of(String instanceId, RunResources resources) {
        Optional<RunInstance> instance;
        try {
            instance = resources.describe(instanceId);
        } catch (WakeboxException e) {
            if (e.code() != ErrorCode.UNAVAILABLE) {
                throw e;
            }
            log.warn("{} A later poll describes the instance again.", e.getMessage());
            return Optional.empty();
        }
        if (instance.isEmpty()) {
            return Optional.of(new InstanceLoss(RunOutcome.COMMAND_FAILED, cause(instanceId, "unknown to EC2")));
        }
        return instance.filter(found -> GONE.contains(found.state())).map(found -> of(found, resources));
    }

    private static InstanceLoss of(RunInstance lost, RunResources resources) {
        String reason = lost.stateReason().map(code -> " (" + code + ")").orElse("");
        return new InstanceLoss(
                lost.interrupted() ? RunOutcome.INTERRUPTED : RunOutcome.COMMAND_FAILED,
                cause(lost.id(), lost.state().awsName() + reason) + console(lost.id(), resources));
    }

    private static String cause(String instanceId, String state) {
        return "The instance " + instanceId + " was lost before the commands ended: it is " + state + ".";
    }

    private static String console(String instanceId, RunResources resources) {
        Optional<String> console;
        try {
            console = resources.console(instanceId);
        } catch (WakeboxException e) {
            log.warn("{} The cause goes without it.", e.getMessage());
            return "";
        }
        String text = console.map(InstanceLoss::readable).orElse("");
        return text.isEmpty()
                ? ""
                : " Its console ended with: "
                        + (text.length() <= SHOWN ? text : "…" + text.substring(text.length() - SHOWN));
    }

    /** The text without colours and other commands to a terminal. */
    private static String readable(String console) {
        return console.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "")
                .replaceAll("[\\p{Cntrl}&&[^\n\t]]", "")
                .strip();
    }
}
