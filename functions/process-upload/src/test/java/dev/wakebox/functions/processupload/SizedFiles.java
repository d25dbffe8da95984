package dev.wakebox.functions.processupload;

import dev.wakebox.storage.Condition;
import dev.wakebox.storage.HeadReads;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.StoredObject;
import java.time.Instant;
import java.util.Optional;

/** Videos of one size for every key. They can't be read as a whole or written. */
record SizedFiles(long size) implements HeadReads {
    @Override
    public Optional<ObjectInfo> head(String key) {
        return Optional.of(new ObjectInfo(size, "etag", Instant.EPOCH));
    }

    @Override
    public Optional<Beginning> beginning(String key, int length) {
        return Optional.of(new Beginning(new byte[(int) Math.min(size, length)], "video/mp4"));
    }

    @Override
    public Optional<StoredObject> get(String key) {
        throw new AssertionError("reads no file here");
    }

    @Override
    public String put(String key, byte[] body, String contentType, Condition condition) {
        throw new AssertionError("writes no file here");
    }

    @Override
    public void delete(String key) {
        throw new AssertionError("deletes no file here");
    }

    @Override
    public void delete(String key, Condition.Unchanged condition) {
        throw new AssertionError("deletes no file here");
    }
}
