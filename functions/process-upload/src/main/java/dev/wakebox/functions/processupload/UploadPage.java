package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.uploads.Owner;

/** The web page that signs uploads itself and knows their owners. Implementations are thread-safe. */
public interface UploadPage {
    /** The page's answer about an upload. */
    sealed interface Answer {
        /**
         * The page knows the upload.
         *
         * @param filename as its owner sees it; empty when the page has none
         * @param defaultMatrix whether the file is processed with the default matrix
         */
        record Known(Owner owner, String filename, boolean defaultMatrix) implements Answer {
            public Known {
                requireNonNull(owner, "owner is null");
                requireNonNull(filename, "filename is null");
            }
        }

        /** The page doesn't know the upload, or has no address for mails: a retry won't help. */
        record Refused(String why) implements Answer {}
    }

    /**
     * Requests the data of an upload.
     *
     * @throws dev.wakebox.runtime.WakeboxException of a transient kind when the page can't be reached, is too slow,
     *     fails or doesn't answer as documented
     */
    Answer ask(String uploadId);
}
