package dev.wakebox.functions.authorizer;

/** The store of the secret that signs the tokens. Implementations are thread-safe. */
interface Secrets {
    /**
     * Reads the secret.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the store can't be reached, {@code
     *     INTERNAL} when it refuses
     */
    String read();
}
