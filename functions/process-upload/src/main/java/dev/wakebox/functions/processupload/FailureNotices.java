package dev.wakebox.functions.processupload;

import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;

/** Informs others about the end of uploads. Implementations are thread-safe. */
public interface FailureNotices {
    /**
     * Informs the owner of this failed upload, once for any number of calls.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the notice can't be sent now
     */
    void notifyOwner(String uploadId);

    /**
     * Informs the receiver of the stack's webhooks that an upload has ended; does nothing in a stack without one.
     *
     * @param stage {@code DONE} or {@code FAILED}
     * @param reason which the owner may read
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the notice can't be sent now
     */
    default void ended(Upload upload, Stage stage, String reason) {}
}
