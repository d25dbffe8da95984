package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Objects from streams in memory: each is stored completely or not at all. Failures on request. Thread-safe. */
public final class InMemoryObjectStreams implements ObjectStreams {
    /** An object with its content and metadata. */
    public record Written(byte[] body, StreamTarget target) {}

    private final Map<String, Written> objects = new ConcurrentHashMap<>();
    private volatile @Nullable WakeboxException failure;

    public Map<String, Written> objects() {
        return objects;
    }

    /** Makes every write fail from now on; null ends that. */
    public void failWith(@Nullable WakeboxException newFailure) {
        failure = newFailure;
    }

    @Override
    public CopiedStream copy(InputStream in, StreamTarget target, Check check) throws IOException {
        byte[] body = in.readAllBytes();
        var copied = new CopiedStream(body.length, HexFormat.of().formatHex(sha256().digest(body)));
        check.accept(copied);
        if (failure != null) {
            throw requireNonNull(failure);
        }
        objects.put(target.key(), new Written(body, target));
        return copied;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
