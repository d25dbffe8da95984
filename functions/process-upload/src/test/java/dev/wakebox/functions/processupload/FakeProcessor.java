package dev.wakebox.functions.processupload;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A processing API that answers what the test says, and accepts everything after that. */
final class FakeProcessor implements Processor {
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> submitted = new ArrayList<>();
    boolean healthy = true;

    FakeProcessor answer(Answer answer) {
        answers.add(answer);
        return this;
    }

    /** What was asked for, as {@code address bucket key id}. */
    synchronized List<String> submitted() {
        return List.copyOf(submitted);
    }

    @Override
    public boolean healthy(String address) {
        return healthy;
    }

    @Override
    public synchronized Answer submit(String address, String bucket, String key, String uploadId) {
        submitted.add(address + " " + bucket + " " + key + " " + uploadId);
        return answers.isEmpty() ? new Answer.Accepted() : answers.remove();
    }
}
