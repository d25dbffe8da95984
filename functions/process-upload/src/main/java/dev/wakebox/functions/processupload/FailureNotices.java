package dev.wakebox.functions.processupload;

/** Has owners told that their upload failed. Implementations are thread-safe. */
public interface FailureNotices {
    /**
     * Has the owner of this failed upload told, once however often it is asked for.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when that can't be passed on now
     */
    void tell(String uploadId);
}
