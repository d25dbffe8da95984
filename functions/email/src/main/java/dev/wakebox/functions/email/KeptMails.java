package dev.wakebox.functions.email;

/** Keeps mails that need an operator. Implementations are thread-safe. */
interface KeptMails {
    /**
     * Keeps a mail for an operator, who may have it sent again.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when it can't be kept now
     */
    void keep(String uploadId, MailKind kind);
}
