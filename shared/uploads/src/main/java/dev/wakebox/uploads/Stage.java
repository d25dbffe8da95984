package dev.wakebox.uploads;

/** The stages of an upload. */
public enum Stage {
    /** The owner may send the file. */
    UPLOADING,
    /** The file has arrived and waits for the processing instance. */
    UPLOADED,
    /** The processor has accepted the file. */
    PROCESSING,
    /** The results are stored. */
    DONE,
    /** The upload was given up. */
    FAILED;

    /** Whether the stage is final. */
    public boolean over() {
        return this == DONE || this == FAILED;
    }
}
