package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.CommandFilter;
import software.amazon.awssdk.services.ssm.model.CommandFilterKey;
import software.amazon.awssdk.services.ssm.model.InstanceInformationStringFilter;
import software.amazon.awssdk.services.ssm.model.InvalidInstanceIdException;
import software.amazon.awssdk.services.ssm.model.PingStatus;

/** The agents of AWS Systems Manager. Thread-safe. Who uses it depends on the SDK's ssm. */
public final class SsmAgents implements Agents {
    private final SsmClient ssm;

    public SsmAgents(SsmClient ssm) {
        this.ssm = requireNonNull(ssm, "ssm is null");
    }

    /** Systems Manager with the region, credentials and endpoint that the environment names. */
    public static SsmAgents create() {
        return new SsmAgents(
                SsmClient.builder().httpClient(UrlConnectionHttpClient.create()).build());
    }

    @Override
    public boolean online(String instanceId) {
        return call("ask for the agent on the instance " + instanceId, () -> ssm
                .describeInstanceInformation(request -> request.filters(InstanceInformationStringFilter.builder()
                        .key("InstanceIds")
                        .values(instanceId)
                        .build()))
                .instanceInformationList()
                .stream()
                .anyMatch(agent -> instanceId.equals(agent.instanceId()) && agent.pingStatus() == PingStatus.ONLINE));
    }

    @Override
    public void cancelCommands(String instanceId) {
        for (String status : new String[] {"Pending", "InProgress"}) {
            call("cancel the commands on the instance " + instanceId, () -> {
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
                    // It is gone, and its commands with it.
                }
                return true;
            });
        }
    }

    private static boolean call(String what, Supplier<Boolean> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw AwsErrors.failed(what, e);
        }
    }
}
