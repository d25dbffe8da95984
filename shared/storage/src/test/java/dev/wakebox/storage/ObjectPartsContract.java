package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every store of objects in parts does. */
public abstract class ObjectPartsContract {
    private final String key = "parts/" + UUID.randomUUID();

    protected abstract ObjectParts parts();

    /** Sends a part; the answer is the status. */
    protected abstract int put(String url, byte[] body);

    protected abstract boolean isStored(String key);

    @Test
    void complete_whenThePartHasArrived_makesTheObject() {
        String uploadId = parts().begin(key, "video/mp4");
        assertThat(parts().arrived(key, uploadId)).contains(List.of());

        assertThat(send(uploadId, new byte[5])).isEqualTo(200);
        assertThat(send(uploadId, new byte[5])).as("the same part again").isEqualTo(200);

        var arrived = parts().arrived(key, uploadId).orElseThrow();
        assertThat(arrived).hasSize(1);
        assertThat(arrived.getFirst().number()).isEqualTo(1);
        assertThat(arrived.getFirst().size()).isEqualTo(5);
        assertThat(isStored(key)).isFalse();
        assertThat(complete(uploadId, arrived.getFirst().etag(), 5)).isTrue();
        assertThat(isStored(key)).isTrue();
        assertThat(parts().arrived(key, uploadId)).isEmpty();
    }

    @Test
    void put_whenThePartIsLongerOrShorter_isRefused() {
        String uploadId = parts().begin(key, "video/mp4");
        String url = parts().url(key, uploadId, 1, 5, Duration.ofMinutes(1));

        assertThat(put(url, new byte[6])).isEqualTo(403);
        assertThat(put(url, new byte[4])).isEqualTo(403);
        assertThat(parts().arrived(key, uploadId)).contains(List.of());
    }

    @Test
    void complete_whenAPartIsMissingOrAnother_orTheSizeDiffers_isRefusedAndCanBeRepeated() {
        String uploadId = parts().begin(key, "video/mp4");
        assertThat(send(uploadId, new byte[5])).isEqualTo(200);
        String etag = parts().arrived(key, uploadId).orElseThrow().getFirst().etag();

        isRefused(() -> complete(uploadId, "\"0123456789abcdef0123456789abcdef\"", 5));
        isRefused(() -> complete(uploadId, etag, 6));

        assertThat(isStored(key)).isFalse();
        assertThat(complete(uploadId, etag, 5)).isTrue();
    }

    @Test
    void abort_whenRepeated_saysThatThereIsNoUpload() {
        String uploadId = parts().begin(key, "video/mp4");
        assertThat(send(uploadId, new byte[5])).isEqualTo(200);

        assertThat(parts().abort(key, uploadId)).isTrue();

        assertThat(parts().abort(key, uploadId)).isFalse();
        assertThat(parts().arrived(key, uploadId)).isEmpty();
        assertThat(complete(uploadId, "\"a\"", 5)).isFalse();
        assertThat(send(uploadId, new byte[5])).isEqualTo(404);
    }

    private int send(String uploadId, byte[] body) {
        return put(parts().url(key, uploadId, 1, body.length, Duration.ofMinutes(1)), body);
    }

    private boolean complete(String uploadId, String etag, long size) {
        var etags = new TreeMap<Integer, String>();
        etags.put(1, etag);
        return parts().complete(key, uploadId, etags, size);
    }

    private static void isRefused(Runnable complete) {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(complete::run)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }
}
