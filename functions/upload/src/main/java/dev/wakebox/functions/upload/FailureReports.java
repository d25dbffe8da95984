package dev.wakebox.functions.upload;

/** Forwards the processor's failure reports. Implementations are thread-safe. */
interface FailureReports {
    /**
     * Ends an upload as failed.
     *
     * @param reason which the owner may read
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the report can't be forwarded now
     */
    void failed(String uploadId, String reason);
}
