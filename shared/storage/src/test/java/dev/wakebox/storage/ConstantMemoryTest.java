package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Copies a stream that is many times as large as the heap. */
class ConstantMemoryTest {
    private static final long BYTES = 400_000_000;

    @Test
    void copy_whenTheStreamIsFarLargerThanTheHeap_needsNoMore() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Copy.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(said).endsWith("copied " + BYTES + "\n");
        } finally {
            process.destroyForcibly();
        }
    }

    /** The program that runs with the small heap. */
    static final class Copy {
        public static void main(String[] arguments) throws IOException {
            var s3 = new FaultyS3();
            new S3ObjectStreams(s3, "data")
                    .copy(new Letters(BYTES), new StreamTarget("a", "text/plain", Map.of()), passed -> {});
            System.out.print("copied " + s3.objects.get("a") + "\n");
        }
    }

    private static final class Letters extends InputStream {
        private long left;

        Letters(long bytes) {
            left = bytes;
        }

        @Override
        public int read() {
            return left-- > 0 ? 'a' : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int now = (int) Math.min(left, length);
            Arrays.fill(buffer, offset, offset + now, (byte) 'a');
            left -= now;
            return now;
        }
    }
}
