package dev.wakebox.functions.processupload;

import dev.wakebox.uploads.Upload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A processing API that gives the test's answers first, and accepts everything after them. */
final class FakeProcessor implements Processor {
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> submitted = new ArrayList<>();
    boolean ready = true;

    FakeProcessor answer(Answer answer) {
        answers.add(answer);
        return this;
    }

    /** The requests, as {@code address bucket key id}. */
    synchronized List<String> submitted() {
        return List.copyOf(submitted);
    }

    @Override
    public boolean ready(String address) {
        return ready;
    }

    @Override
    public synchronized Answer submit(String address, String bucket, Upload upload) {
        submitted.add(address + " " + bucket + " " + upload.key() + " " + upload.id());
        return answers.isEmpty() ? new Answer.Accepted() : answers.remove();
    }
}
