package dev.wakebox.local;

import java.util.Map;

/** The web page is on. Without Node.js it was not built; then its function says so. */
final class ConsoleCompanion implements Companion {
    @Override
    public Map<String, String> parameters() {
        return Map.of("Console", "true");
    }
}
