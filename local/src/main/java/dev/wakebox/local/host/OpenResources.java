package dev.wakebox.local.host;

import java.util.ArrayDeque;
import java.util.Deque;

/** Opened resources, to be closed in the reverse order. Not thread-safe. */
public final class OpenResources implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    public <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    /**
     * Closes all resources, also when one of them fails.
     *
     * @throws LocalException for the first failure; the others are suppressed in it
     */
    @Override
    public void close() {
        LocalException failed = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                if (failed == null) {
                    failed = new LocalException("Not everything could be stopped: " + e.getMessage(), e);
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
