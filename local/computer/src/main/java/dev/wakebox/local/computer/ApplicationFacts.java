package dev.wakebox.local.computer;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a program needs to know about the running local application. {@code ready.json} has it as a JSON object with these keys, while the
 * application is ready.
 *
 * @param api base URL of the HTTP API
 * @param aws URL of the AWS endpoint
 * @param emulator URL of the emulator behind it, which checks neither signatures nor TLS
 * @param outputs of the stack
 * @param functions the functions' names by module
 * @param logs the directory with the functions' logs
 * @param pid the application's process id
 * @param instance id of the training instance; empty without a training server
 * @param processor id of the processing instance; empty without uploads
 * @param platform URL of the stand-in of the video-analysis platform; empty without platform webhooks
 * @param graphql URL of the stand-in of the mentors' GraphQL server; empty without the classifier
 * @param token for the routes that require one
 */
public record ApplicationFacts(
        String api,
        String aws,
        String emulator,
        String region,
        String stack,
        Map<String, String> outputs,
        Map<String, String> functions,
        String logs,
        long pid,
        Optional<String> instance,
        Optional<String> processor,
        Optional<String> platform,
        Optional<String> graphql,
        Optional<String> token) {
    private static final Set<String> OF_COMPANIONS = Set.of("instance", "processor", "platform", "graphql", "token");

    public ApplicationFacts {
        requireNonNull(api, "api is null");
        requireNonNull(aws, "aws is null");
        requireNonNull(emulator, "emulator is null");
        requireNonNull(region, "region is null");
        requireNonNull(stack, "stack is null");
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        functions = Collections.unmodifiableMap(new LinkedHashMap<>(functions));
        requireNonNull(logs, "logs is null");
    }

    /**
     * The facts with the ids, addresses and token of the companions, under the names of the components.
     *
     * @throws IllegalArgumentException for another name
     */
    public ApplicationFacts(
            String api,
            String aws,
            String emulator,
            String region,
            String stack,
            Map<String, String> outputs,
            Map<String, String> functions,
            String logs,
            long pid,
            Map<String, String> companions) {
        if (!OF_COMPANIONS.containsAll(companions.keySet())) {
            throw new IllegalArgumentException("ready.json has no component for one of " + companions.keySet());
        }
        this(
                api,
                aws,
                emulator,
                region,
                stack,
                outputs,
                functions,
                logs,
                pid,
                Optional.ofNullable(companions.get("instance")),
                Optional.ofNullable(companions.get("processor")),
                Optional.ofNullable(companions.get("platform")),
                Optional.ofNullable(companions.get("graphql")),
                Optional.ofNullable(companions.get("token")));
    }

    /** Reads the content of {@code ready.json}. What it lacks is empty. */
    public static ApplicationFacts of(JsonObject json) {
        Number pid = json.number("pid");
        return new ApplicationFacts(
                json.text("api"),
                json.text("aws"),
                json.text("emulator"),
                json.text("region"),
                json.text("stack"),
                texts(json.object("outputs")),
                texts(json.object("functions")),
                json.text("logs"),
                pid == null ? 0 : pid.longValue(),
                json.optionalText("instance"),
                json.optionalText("processor"),
                json.optionalText("platform"),
                json.optionalText("graphql"),
                json.optionalText("token"));
    }

    private static Map<String, String> texts(JsonObject json) {
        var texts = new LinkedHashMap<String, String>();
        json.keySet().forEach(key -> texts.put(key, json.asText(key)));
        return texts;
    }
}
