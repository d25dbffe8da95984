package dev.wakebox.cli;

/** What {@code --json} prints for a run that was submitted. */
record Submission(String name, String execution) {}
