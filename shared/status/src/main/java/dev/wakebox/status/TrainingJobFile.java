package dev.wakebox.status;

/** The training order of a run: {@code train} writes it, and the trainer deletes it when the run is over. */
public final class TrainingJobFile {
    /** The key of the training order. */
    public static final String KEY = "training/training.json";

    /** The object that a trainer rewrites repeatedly while it works. */
    public static final String HEARTBEAT_KEY = "training/heartbeat";

    private TrainingJobFile() {}
}
