package dev.wakebox.images.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnalysisTest {
    @Test
    void summary_whenWritten_hasTheContractsColumnsInEveryRow() throws IOException {
        var bytes = new byte[40_000];
        new Random(1).nextBytes(bytes);

        var tables = Analysis.of(new ByteArrayInputStream(bytes), bytes.length, _ -> {});

        var lines = tables.summary().lines().toList();
        assertThat(lines.getFirst())
                .startsWith("id_i,id_j,timestamp_max_severity,class_i,class_j,severity_ij_mean,severity_ij_std")
                .contains("severity_ji_max,TTC_ij_mean", "TTC_ji_max,velocity_i_kmh_max_severity")
                .endsWith(",velocity_j_kmh_max_severity");
        assertThat(lines).hasSize(tables.frameCount()).allSatisfy(line -> assertThat(line.split(",", -1))
                .hasSize(27));
    }

    @Test
    void frames_whenMeasured_tellTextFromNoise() throws IOException {
        var bytes = new byte[2 * 4096];
        new Random(1).nextBytes(bytes);
        Arrays.fill(bytes, 0, 4096, (byte) 'a');

        var lines = Analysis.of(new ByteArrayInputStream(bytes), bytes.length, _ -> {})
                .frames()
                .lines()
                .toList();

        assertThat(lines.get(1))
                .isEqualTo("1,0.000,0,4096,text,0.000000,97.000000,0.000000,97.000000,97.000000,97.000000");
        assertThat(lines.get(2)).startsWith("2,0.040,4096,4096,binary,7.9");
    }

    @Test
    void progress_whenRead_growsTo100() throws IOException {
        List<Integer> progress = new ArrayList<>();

        Analysis.of(new ByteArrayInputStream(new byte[100_000]), 100_000, progress::add);

        assertThat(progress).isSorted().doesNotHaveDuplicates().endsWith(100);
    }

    @Test
    void file_whenEmpty_hasNoRows() throws IOException {
        var tables = Analysis.of(new ByteArrayInputStream(new byte[0]), 0, _ -> {});

        assertThat(tables.frameCount()).isZero();
        assertThat(tables.summary().lines()).hasSize(1);
    }
}
