package dev.wakebox.mentors;

import dev.wakebox.runtime.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The recordings of an answer, with the fields of the source ({@code type}, {@code tag}, {@code url}, {@code
 * transparentVideoUrl}); null for none.
 *
 * @param externalVideoIds the ids of the video on other hosts, by host ({@code wistiaId}); empty for none
 */
public record Media(
        @Nullable JsonObject web,
        @Nullable JsonObject mobile,
        @Nullable JsonObject vtt,
        JsonObject externalVideoIds) {
    public static final Media NONE = new Media(null, null, null, JsonObject.of());

    /** Whether there is a recording to play. */
    public boolean playable() {
        return web != null || mobile != null;
    }
}
