package dev.wakebox.functions.email;

/** Hands mails to whoever delivers them. Implementations are thread-safe. */
interface Mailer {
    /**
     * Sends a mail, with one try.
     *
     * @throws dev.wakebox.runtime.WakeboxException when it was not accepted: {@code UNAVAILABLE} when it may be later
     *     (throttled, out of reach), {@code INTERNAL} when somebody has to act first (rejected, not verified)
     */
    void send(Mail mail);
}
