package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.local.compute.LocalCompute;
import dev.wakebox.local.compute.LocalCompute.StateChange;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes the instance that the template takes as a parameter, as somebody with an AWS account has made it beforehand. */
final class TrainingInstance {
    private static final Pattern ID = Pattern.compile("<instanceId>(i-[0-9a-f]+)</instanceId>");
    private static final int LIMIT_SECONDS = 60;

    private final BlockingQueue<StateChange> changes = new LinkedBlockingQueue<>();

    /** Is to be told of every change of state while {@link #create} runs. */
    void changed(StateChange change) {
        changes.add(change);
    }

    /**
     * Makes an instance of the trainer's image and waits until it sleeps.
     *
     * @return its id
     */
    String create(LocalCompute compute, String bucket) {
        String userData = Base64.getEncoder().encodeToString(("BUCKET=" + bucket + "\n").getBytes(UTF_8));
        String answer = call(
                compute,
                Map.of(
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
        await("running");
        call(compute, Map.of("Action", "StopInstances", "InstanceId.1", id.group(1)));
        await("stopped");
        return id.group(1);
    }

    private void await(String state) {
        try {
            StateChange change;
            do {
                change = changes.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            } while (change != null && !change.state().equals(state));
            if (change == null) {
                throw new LocalException("The training instance was not " + state + " within " + LIMIT_SECONDS + " s.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalException("The wait for the training instance was interrupted.", e);
        }
    }

    private static String call(LocalCompute compute, Map<String, String> parameters) {
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
