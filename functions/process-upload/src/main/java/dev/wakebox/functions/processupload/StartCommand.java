package dev.wakebox.functions.processupload;

import dev.wakebox.compute.Instance;
import java.util.Optional;

/** Starts the processor after each start of the instance. Implementations are thread-safe. */
public interface StartCommand {
    /** For an instance whose processor starts with it. */
    StartCommand NONE = _ -> Optional.empty();

    /**
     * Why the processor can't be running yet.
     *
     * @param reason which the owner may read
     * @param failed whether the command could not be sent or has failed; otherwise it is running
     */
    record Delay(String reason, boolean failed) {}

    /**
     * Ensures that the command has run on this instance since its last start.
     *
     * @return empty when it has succeeded
     */
    Optional<Delay> pending(Instance instance);
}
