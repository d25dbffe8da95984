package dev.wakebox.functions.processupload;

/** What came of one event about one upload, and why. */
public sealed interface Outcome {
    String reason();

    /** The event needs not come again. */
    record Settled(String reason) implements Outcome {}

    /** The event has to come again. The reason is fit for the owner's eyes. */
    record Wait(String reason) implements Outcome {}
}
