package dev.wakebox.functions.authorizer;

/** Where the secret that signs the tokens is kept. Implementations are thread-safe. */
interface Secrets {
    /**
     * The secret as it is now.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the store can't be reached, {@code INTERNAL}
     *     when it refuses
     */
    String read();
}
