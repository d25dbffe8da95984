package dev.wakebox.functions.console;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.JsonObject;
import java.util.Optional;

/**
 * What the page has to know about the stack, so that it shows only what is there. Everybody may read it.
 *
 * @param stack its name
 * @param runs whether the API of runs is on
 * @param training whether there is a training server
 * @param uploads whether there is a processing instance
 * @param classifier whether there is a question classifier
 * @param requireAuth whether the training server and the uploads need a token, too
 * @param roleClaim the claim of the tokens of {@code OidcIssuer} that has the role; other tokens have it in {@code role}
 */
record ConsoleSettings(
        String stack,
        boolean runs,
        boolean training,
        boolean uploads,
        boolean classifier,
        boolean requireAuth,
        String roleClaim) {
    ConsoleSettings {
        requireNonNull(stack, "stack is null");
        requireNonNull(roleClaim, "roleClaim is null");
    }

    static ConsoleSettings ofEnvironment() {
        return new ConsoleSettings(
                Environment.required("STACK_NAME"),
                is("RUNS_API"),
                is("TRAINING"),
                is("UPLOADS"),
                is("CLASSIFIER"),
                is("REQUIRE_AUTH"),
                Environment.required("OIDC_ROLE_CLAIM"));
    }

    /** @param signIn where the page signs users in, if it does */
    JsonObject toJson(Optional<JsonObject> signIn) {
        return JsonObject.of("stack", stack)
                .with("runs", runs)
                .with("training", training)
                .with("uploads", uploads)
                .with("classifier", classifier)
                .with("requireAuth", requireAuth)
                .with("roleClaim", roleClaim)
                .withPresent("signIn", signIn);
    }

    private static boolean is(String name) {
        return Environment.required(name).equals("true");
    }
}
