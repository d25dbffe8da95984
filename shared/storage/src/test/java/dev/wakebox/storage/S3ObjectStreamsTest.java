package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3ObjectStreamsTest {
    private static final int PART = S3ObjectStreams.PART_SIZE;
    private static final StreamTarget TARGET =
            new StreamTarget("labels/1.json", "application/json", Map.of("job-id", "1"));

    private final FaultyS3 s3 = new FaultyS3();
    private final S3ObjectStreams streams = new S3ObjectStreams(s3, "data");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PART - 1, PART, PART + 1, 2 * PART, 4 * PART + 7})
    void copy_whenAnySize_storesEveryByte(int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);

        var copied = streams.copy(new ByteArrayInputStream(bytes), TARGET, passed -> {});

        assertThat(copied.bytes()).isEqualTo(size);
        assertThat(copied.sha256())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        assertThat(s3.objects).isEqualTo(Map.of(TARGET.key(), (long) size));
        assertThat(s3.openUploads).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PART - 1, PART, PART + 1, 3 * PART})
    void copy_whenSourceBreaks_leavesNothing(int after) {
        assertThatThrownBy(() -> streams.copy(breaking(after), TARGET, passed -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("cut");

        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, PART, 3 * PART})
    void copy_whenCheckRefuses_leavesNothing(int size) {
        assertThatThrownBy(() -> streams.copy(new ByteArrayInputStream(new byte[size]), TARGET, passed -> {
                    throw new IOException("wrong");
                }))
                .hasMessage("wrong");

        assertNothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({
        "put, 10",
        "create, 9000000",
        "part 1, 9000000",
        "part 2, 9000000",
        "part 3, 40000000",
        "complete, 9000000"
    })
    void copy_whenS3Breaks_leavesNothingAndTheNextAttemptSucceeds(String call, int size) throws IOException {
        s3.fault = call;
        byte[] bytes = new byte[size];

        assertThatThrownBy(() -> streams.copy(new ByteArrayInputStream(bytes), TARGET, passed -> {}))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertNothingIsLeft();

        s3.fault = null;
        streams.copy(new ByteArrayInputStream(bytes), TARGET, passed -> {});
        assertThat(s3.objects).isEqualTo(Map.of(TARGET.key(), (long) size));
    }

    @Test
    void copy_whenOnlyTheAnswerToCompleteIsLost_leavesTheWholeObjectAndNoUpload() {
        s3.fault = "complete";
        s3.faultAfterwards = true;

        assertThatThrownBy(() -> streams.copy(new ByteArrayInputStream(new byte[2 * PART]), TARGET, passed -> {}))
                .isInstanceOf(WakeboxException.class);

        assertThat(s3.objects).isEqualTo(Map.of(TARGET.key(), 2L * PART));
        assertThat(s3.openUploads).isEmpty();
    }

    private void assertNothingIsLeft() {
        assertThat(s3.objects).isEmpty();
        assertThat(s3.openUploads).isEmpty();
    }

    private static InputStream breaking(int after) {
        return new InputStream() {
            private int left = after;

            @Override
            public int read() throws IOException {
                if (left-- == 0) {
                    throw new IOException("cut");
                }
                return 'x';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (left == 0) {
                    throw new IOException("cut");
                }
                int now = Math.min(left, length);
                left -= now;
                return now;
            }
        };
    }
}
