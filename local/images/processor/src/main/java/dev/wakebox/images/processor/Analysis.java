package dev.wakebox.images.processor;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures a file frame by frame, and compares each frame with the previous one.
 *
 * <p>The columns have the names of a traffic analysis, but other content: severity is how far the bytes of a frame
 * exceed those of the previous one, TTC is the lengths of runs of equal bytes, and velocity is the entropy.
 */
final class Analysis {
    /** Columns of {@code csvs/summary<id>.csv}: 27. */
    static final List<String> SUMMARY_COLUMNS = Stream.of(
                    Stream.of("id_i", "id_j", "timestamp_max_severity", "class_i", "class_j"),
                    Stream.of("severity_ij", "severity_ji", "TTC_ij", "TTC_ji")
                            .flatMap(what -> Statistics.NAMES.stream().map(name -> what + "_" + name)),
                    Stream.of("velocity_i_kmh_max_severity", "velocity_j_kmh_max_severity"))
            .flatMap(columns -> columns)
            .toList();

    static final List<String> FRAME_COLUMNS = Stream.of(
                    Stream.of("frame", "second", "offset", "bytes", "class", "entropy"),
                    Statistics.NAMES.stream().map(name -> "byte_" + name))
            .flatMap(columns -> columns)
            .toList();

    private static final int MOST_FRAMES = 500;
    private static final int SMALLEST_FRAME = 4096;

    /** The two results. */
    record Tables(String frames, String summary, int frameCount) {}

    private Analysis() {}

    /**
     * Reads the whole file.
     *
     * @param size in bytes, as announced
     * @param progress receives each completed percent
     */
    static Tables of(InputStream in, long size, IntConsumer progress) throws IOException {
        int frameSize = Math.toIntExact(Math.max(SMALLEST_FRAME, (size + MOST_FRAMES - 1) / MOST_FRAMES));
        var frames = new StringBuilder(header(FRAME_COLUMNS));
        var summary = new StringBuilder(header(SUMMARY_COLUMNS));
        Frame before = null;
        int number = 0;
        long offset = 0;
        int reported = 0;
        byte[] bytes = in.readNBytes(frameSize);
        while (bytes.length > 0) {
            Frame frame = new Frame(++number, offset, bytes);
            offset += bytes.length;
            frames.append(frame.csv()).append('\n');
            summarize(summary, before, frame);
            before = frame;
            int percent = size == 0 ? 100 : (int) Math.min(100, 100 * offset / size);
            if (percent > reported) {
                reported = percent;
                progress.accept(percent);
            }
            bytes = in.readNBytes(frameSize);
        }
        return new Tables(frames.toString(), summary.toString(), number);
    }

    private static void summarize(StringBuilder summary, @Nullable Frame i, Frame j) {
        if (i == null) {
            return;
        }
        summary.append(String.format(
                Locale.ROOT,
                "%d,%d,%.3f,%s,%s,%s,%s,%s,%s,%.4f,%.4f\n",
                i.number(),
                j.number(),
                j.second(),
                i.kind(),
                j.kind(),
                Statistics.of(i.above(j)).csv(),
                Statistics.of(j.above(i)).csv(),
                Statistics.of(i.runs()).csv(),
                Statistics.of(j.runs()).csv(),
                i.entropy(),
                j.entropy()));
    }

    private static String header(List<String> columns) {
        return columns.stream().collect(Collectors.joining(",", "", "\n"));
    }
}
