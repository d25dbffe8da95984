package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.local.compute.LocalCompute;
import dev.wakebox.local.compute.LocalCompute.StateChange;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes the instance that the template takes as a parameter, as somebody with an AWS account has made it beforehand. */
final class TrainingInstance {
    private static final Pattern ID = Pattern.compile("<instanceId>(i-[0-9a-f]+)</instanceId>");
    private static final int LIMIT_SECONDS = 60;

    private final LocalCompute compute;
    private final CompletableFuture<Void> asleep = new CompletableFuture<>();

    TrainingInstance(LocalCompute compute) {
        this.compute = compute;
    }

    /**
     * Makes an instance of the trainer's image; it goes to sleep as soon as it runs.
     *
     * @return its id
     */
    String launch(String bucket) {
        String userData = Base64.getEncoder().encodeToString(("BUCKET=" + bucket + "\n").getBytes(UTF_8));
        String answer = call(Map.of(
                "Action", "RunInstances",
                "ImageId", "ami-trainer",
                "InstanceType", "t3.large",
                "MinCount", "1",
                "MaxCount", "1",
                "UserData", userData,
                "IamInstanceProfile.Name", "wakebox-trainer",
                "TagSpecification.1.ResourceType", "instance",
                "TagSpecification.1.Tag.1.Key", "Name",
                "TagSpecification.1.Tag.1.Value", "wakebox-trainer"));
        Matcher id = ID.matcher(answer);
        if (!id.find()) {
            throw new LocalException("RunInstances answered without an instance id: " + answer);
        }
        return id.group(1);
    }

    /** Is to be told of every change of state until it sleeps. */
    void changed(StateChange change) {
        switch (change.state()) {
            case "running" -> call(Map.of("Action", "StopInstances", "InstanceId.1", change.instanceId()));
            case "stopped" -> asleep.complete(null);
            default -> {}
        }
    }

    void awaitAsleep() {
        try {
            asleep.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new LocalException("The training instance did not go to sleep within " + LIMIT_SECONDS + " s.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalException("The wait for the training instance was interrupted.", e);
        }
    }

    private String call(Map<String, String> parameters) {
        String form = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
                .collect(Collectors.joining("&", "Version=2016-11-15&", ""));
        LocalCompute.Answer answer = compute.ec2(form);
        String body = new String(answer.body(), UTF_8);
        if (answer.status() != 200) {
            throw new LocalException("The training instance could not be made: " + body);
        }
        return body;
    }
}
