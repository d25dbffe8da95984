package dev.wakebox.local;

import dev.wakebox.local.ec2.LocalCompute;
import dev.wakebox.local.ec2.LocalCompute.StateChange;
import dev.wakebox.local.host.OpenResources;
import dev.wakebox.local.template.Template;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A part of the world around a stack that a domain needs and its template does not create, for example an instance, a
 * web service or a secret. The application calls the methods once each, in the order in which they stand here.
 */
interface Companion {
    /**
     * What a companion can use.
     *
     * @param template with the user's parameters
     * @param parameters that the user set
     * @param dataBucket the name of the bucket that the template creates
     * @param api base URL of the HTTP API, which is not served yet
     * @param open for resources that stay open until the application ends
     */
    record Context(
            Template template,
            Map<String, String> parameters,
            String dataBucket,
            URI api,
            LocalCompute compute,
            OpenResources open,
            Clock clock) {
        /** Whether the template has this parameter and the user did not set it. */
        boolean needs(String parameter) {
            return template.hasParameter(parameter) && !parameters.containsKey(parameter);
        }
    }

    /** The companions of all domains. */
    static List<Companion> all(Context context) {
        return List.of(
                new RunCompanion(),
                new ConsoleCompanion(),
                new MentorsCompanion(context),
                new TrainingCompanion(context),
                new UploadsCompanion(context),
                new PlatformCompanion(context),
                new ApiTokenCompanion(context));
    }

    /** Values of template parameters. The application leaves out those that the template does not need. */
    default Map<String, String> parameters() {
        return Map.of();
    }

    /** Receives the state changes of all instances until {@link #awaitReady} has returned. */
    default void instanceChanged(StateChange change) {}

    /**
     * Creates resources in the emulator, before the template is deployed.
     *
     * @return values of template parameters that replace those of {@link #parameters}
     */
    default Map<String, String> createResources(EmulatorClients clients) {
        return Map.of();
    }

    /**
     * Waits, after the deployment, until the companion is ready.
     *
     * @return a progress message; empty if there was nothing to wait for
     */
    default Optional<String> awaitReady() {
        return Optional.empty();
    }

    /** Receives the base URL of the HTTP API when it is served. */
    default void apiReady(URI api) {}

    /** Addresses and names for {@code ready.json}. */
    default Map<String, String> facts() {
        return Map.of();
    }
}
