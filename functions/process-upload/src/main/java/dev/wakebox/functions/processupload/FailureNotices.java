package dev.wakebox.functions.processupload;

/** Informs owners that their upload has failed. Implementations are thread-safe. */
public interface FailureNotices {
    /**
     * Informs the owner of this failed upload, once for any number of calls.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the notice can't be sent now
     */
    void notifyOwner(String uploadId);
}
