package dev.wakebox.status;

/** The work order of a training run: {@code train} writes it, the trainer deletes it when the run is over. */
public final class TrainingJob {
    /** Where the work order is. */
    public static final String KEY = "training/training.json";

    private TrainingJob() {}
}
