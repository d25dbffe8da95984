package dev.wakebox.uploads;

/** How far an upload has come. */
public enum Stage {
    /** Its owner may send the file. */
    UPLOADING,
    /** The file is there and waits for the box. */
    UPLOADED,
    /** The box has been told. */
    PROCESSING,
    /** The results are there. */
    DONE,
    /** It was given up. */
    FAILED;

    /** Whether nothing more is going to happen to it. */
    public boolean over() {
        return this == DONE || this == FAILED;
    }
}
