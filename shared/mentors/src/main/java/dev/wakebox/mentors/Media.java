package dev.wakebox.mentors;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The recordings of an answer as the source describes them ({@code type}, {@code tag}, {@code url}); null for none. */
public record Media(
        @Nullable Map<String, @Nullable Object> web,
        @Nullable Map<String, @Nullable Object> mobile,
        @Nullable Map<String, @Nullable Object> vtt) {
    public static final Media NONE = new Media(null, null, null);

    /** Whether there is anything to play. */
    public boolean playable() {
        return web != null || mobile != null;
    }
}
