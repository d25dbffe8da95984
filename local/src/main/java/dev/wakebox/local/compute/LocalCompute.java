package dev.wakebox.local.compute;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Answers the EC2 and SSM operations. */
public final class LocalCompute implements AutoCloseable {
    public record Config(
            Path directory, Path images, Map<String, String> instanceEnvironment, String region, String accountId) {}

    public record StateChange(String instanceId, String state, Instant time) {}

    public record Answer(int status, String contentType, byte[] body) {}

    private final Clock clock;
    private final Consumer<StateChange> onStateChange;

    public LocalCompute(Config config, Clock clock, Consumer<StateChange> onStateChange) {
        this.clock = clock;
        this.onStateChange = onStateChange;
    }

    /** EC2's query protocol. */
    public Answer ec2(String formBody) {
        Map<String, String> form = Arrays.stream(formBody.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
        String action = String.valueOf(form.get("Action"));
        String id = form.getOrDefault("InstanceId.1", "i-0123456789abcdef0");
        switch (action) {
            case "RunInstances", "StartInstances" -> change(id, "pending", "running");
            case "StopInstances" -> change(id, "stopping", "stopped");
            default -> {}
        }
        String xml = "<" + action + "Response><instancesSet><item><instanceId>" + id
                + "</instanceId></item></instancesSet></" + action + "Response>";
        return new Answer(200, "text/xml", xml.getBytes(StandardCharsets.UTF_8));
    }

    /** SSM's JSON protocol; empty when the operation is not ours. */
    public Optional<Answer> ssm(String target, byte[] json) {
        return target.equals("AmazonSSM.DescribeInstanceInformation")
                ? Optional.of(new Answer(
                        200,
                        "application/x-amz-json-1.1",
                        "{\"InstanceInformationList\":[]}".getBytes(StandardCharsets.UTF_8)))
                : Optional.empty();
    }

    private void change(String id, String... states) {
        Arrays.stream(states).forEach(state -> onStateChange.accept(new StateChange(id, state, clock.instant())));
    }

    @Override
    public void close() {}
}
