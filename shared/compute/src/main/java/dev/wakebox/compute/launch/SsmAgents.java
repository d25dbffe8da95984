package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.compute.AwsRefusal;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.CommandFilter;
import software.amazon.awssdk.services.ssm.model.CommandFilterKey;
import software.amazon.awssdk.services.ssm.model.InstanceInformation;
import software.amazon.awssdk.services.ssm.model.InstanceInformationStringFilter;
import software.amazon.awssdk.services.ssm.model.InvalidInstanceIdException;
import software.amazon.awssdk.services.ssm.model.PingStatus;

/** The agents of AWS Systems Manager. Thread-safe. Modules that use it depend on the SDK's ssm module. */
public final class SsmAgents implements Agents {
    private final SsmClient ssm;

    public SsmAgents(SsmClient ssm) {
        this.ssm = requireNonNull(ssm, "ssm is null");
    }

    /** Systems Manager with the region, credentials and endpoint of the environment. */
    public static SsmAgents create() {
        return new SsmAgents(SsmClient.builder().httpClient(AwsHttp.client()).build());
    }

    @Override
    public boolean online(String instanceId) {
        return agent(instanceId)
                .filter(agent -> agent.pingStatus() == PingStatus.ONLINE)
                .isPresent();
    }

    @Override
    public Optional<Instant> lostSince(String instanceId) {
        return agent(instanceId)
                .filter(agent -> agent.pingStatus() != PingStatus.ONLINE)
                .map(InstanceInformation::lastPingDateTime);
    }

    private Optional<InstanceInformation> agent(String instanceId) {
        return call("ask for the agent on the instance " + instanceId, () -> ssm
                .describeInstanceInformation(request -> request.filters(InstanceInformationStringFilter.builder()
                        .key("InstanceIds")
                        .values(instanceId)
                        .build()))
                .instanceInformationList()
                .stream()
                .filter(agent -> instanceId.equals(agent.instanceId()))
                .findFirst());
    }

    @Override
    public void cancelCommands(String instanceId) {
        for (String status : new String[] {"Pending", "InProgress"}) {
            var _ = call("cancel the commands on the instance " + instanceId, () -> {
                try {
                    ssm.listCommands(request -> request.instanceId(instanceId)
                                    .filters(CommandFilter.builder()
                                            .key(CommandFilterKey.STATUS)
                                            .value(status)
                                            .build()))
                            .commands()
                            .forEach(command -> ssm.cancelCommand(request ->
                                    request.commandId(command.commandId()).instanceIds(instanceId)));
                } catch (InvalidInstanceIdException e) {
                    // The instance is gone, and its commands with it.
                }
                return true;
            });
        }
    }

    private static <T> T call(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw AwsErrors.failed(what, e, AwsRefusal.passingOfSsm());
        }
    }
}
