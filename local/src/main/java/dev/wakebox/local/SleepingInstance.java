package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.local.ec2.LocalCompute;
import dev.wakebox.local.ec2.LocalCompute.StateChange;
import dev.wakebox.local.host.LocalException;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Creates an instance that is a parameter of the template. On AWS, the operator creates it before the deployment. */
final class SleepingInstance {
    private static final Pattern ID = Pattern.compile("<instanceId>(i-[0-9a-f]+)</instanceId>");
    private static final int LIMIT_SECONDS = 60;

    private final LocalCompute compute;
    private final String image;
    private volatile String id = "";
    private final CompletableFuture<Void> asleep = new CompletableFuture<>();

    /** @param image without {@code ami-} */
    SleepingInstance(LocalCompute compute, String image) {
        this.compute = compute;
        this.image = image;
    }

    /**
     * Launches the instance and stops it as soon as it is running.
     *
     * @return its id
     */
    synchronized String launch(String userData) {
        String answer = call(Map.of(
                "Action", "RunInstances",
                "ImageId", "ami-" + image,
                "InstanceType", "t3.large",
                "MinCount", "1",
                "MaxCount", "1",
                "UserData", Base64.getEncoder().encodeToString(userData.getBytes(UTF_8)),
                "IamInstanceProfile.Name", "wakebox-" + image,
                "TagSpecification.1.ResourceType", "instance",
                "TagSpecification.1.Tag.1.Key", "Name",
                "TagSpecification.1.Tag.1.Value", "wakebox-" + image));
        Matcher found = ID.matcher(answer);
        if (!found.find()) {
            throw new LocalException("RunInstances answered without an instance id: " + answer);
        }
        id = found.group(1);
        return id;
    }

    /**
     * Receives every change of state until the instance is stopped; those of other instances are ignored. A change that
     * comes before {@link #launch} knows the id waits for it.
     */
    synchronized void changed(StateChange change) {
        if (!change.instanceId().equals(id)) {
            return;
        }
        switch (change.state()) {
            case "running" -> call(Map.of("Action", "StopInstances", "InstanceId.1", change.instanceId()));
            case "stopped" -> asleep.complete(null);
            default -> {}
        }
    }

    /** The id; empty if the instance was not launched. */
    Optional<String> id() {
        return Optional.of(id).filter(launched -> !launched.isEmpty());
    }

    /**
     * Waits until the instance is stopped.
     *
     * @return its id; empty if it was not launched
     */
    Optional<String> awaitAsleep() {
        if (id.isEmpty()) {
            return Optional.empty();
        }
        try {
            asleep.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return Optional.of(id);
        } catch (TimeoutException | ExecutionException e) {
            throw new LocalException(
                    "The instance of the image " + image + " did not stop within " + LIMIT_SECONDS + " s.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalException("The wait for an instance was interrupted.", e);
        }
    }

    private String call(Map<String, String> parameters) {
        String form = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
                .collect(Collectors.joining("&", "Version=2016-11-15&", ""));
        LocalCompute.Answer answer = compute.ec2(form, Optional.empty());
        String body = new String(answer.body(), UTF_8);
        if (answer.status() != 200) {
            throw new LocalException("The instance of the image " + image + " could not be created: " + body);
        }
        return body;
    }
}
