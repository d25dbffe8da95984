package dev.wakebox.egress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobMetadataTest {
    @Test
    void of_whenTextsNumbersAndBooleans_takesThemByS3sRules() {
        var job = new HashMap<String, @Nullable Object>();
        job.put("output_filename", "labels.json");
        job.put("Size", 12);
        job.put("archived", false);
        job.put("name", "Straße 50% \n");
        job.put("failure", null);
        job.put("inputs", List.of("a"));
        job.put("odd name", "x");

        assertThat(JobMetadata.of("1", JsonObject.copyOf(job)))
                .isEqualTo(Map.of(
                        "job-id", "1",
                        "output-filename", "labels.json",
                        "size", "12",
                        "archived", "false",
                        "name", "Stra%C3%9Fe+50%25+%0A"));
    }

    @Test
    void of_whenThereIsTooMuch_staysBelowS3sLimit() {
        var job = new HashMap<String, @Nullable Object>();
        for (int i = 0; i < 100; i++) {
            job.put("field-" + i, "x".repeat(100));
        }
        job.put("job_id", "another");

        var metadata = JobMetadata.of("1", JsonObject.copyOf(job));

        assertThat(metadata).containsEntry("job-id", "1").hasSizeGreaterThan(10);
        assertThat(metadata.entrySet().stream()
                        .mapToInt(entry ->
                                entry.getKey().length() + entry.getValue().length())
                        .sum())
                .isLessThanOrEqualTo(2048);
    }
}
