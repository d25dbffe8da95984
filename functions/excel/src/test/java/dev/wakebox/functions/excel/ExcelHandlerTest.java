package dev.wakebox.functions.excel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.Uploads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExcelHandlerTest {
    private static final String BUCKET = "wakebox-data-000000000000-us-east-1";
    private static final String ID = "0123456789abcdef0123456789abcdef";

    private final Clock clock = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private final InMemoryObjectStore objects = new InMemoryObjectStore(clock);
    private final Uploads uploads = new Uploads(new InMemoryJobStore(clock), clock);
    private final ExcelHandler handler = new ExcelHandler(BUCKET, objects, uploads);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id,class\n1,car\n",
                "\uFEFFid,class\n1,car\n",
                "\uFEFF\"id\",class\n1,car\n",
                "id;class\n1;car\n"
            })
    void result_whenItArrives_isAWorkbookWithTheHeadersOfTheCsv(String csv) throws IOException {
        uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "junction-4.mp4", "mp4");
        objects.put(Keys.summary(ID), csv.getBytes(StandardCharsets.UTF_8), "text/csv", new Condition.Always());

        assertThat(Invocation.ofFixture(handler, "excel-result.json"))
                .isEqualTo(Map.of("batchItemFailures", List.of()));

        byte[] workbook = objects.get(Keys.workbook(ID)).orElseThrow().body();
        try (var read = new ReadableWorkbook(new ByteArrayInputStream(workbook))) {
            var header = read.getSheet(1).orElseThrow().read().stream()
                    .filter(row -> row.getRowNum() == ResultWorkbook.FIRST_ROW)
                    .findFirst()
                    .orElseThrow();
            assertThat(header).extracting(Cell::getText).containsExactly("id", "class");
        }
    }

    static List<byte[]> noCsv() {
        return List.of(
                new byte[0],
                "\n".getBytes(StandardCharsets.UTF_8),
                "<!DOCTYPE html>\n<html><body>504</body></html>".getBytes(StandardCharsets.UTF_8),
                "\n <html>".getBytes(StandardCharsets.UTF_8),
                "{\"message\": \"Internal Server Error\"}".getBytes(StandardCharsets.UTF_8),
                "id,class\n1,car\n".getBytes(StandardCharsets.UTF_16),
                "id,class\n1,car\n".getBytes(StandardCharsets.UTF_16LE),
                "id,class\n1,cami\u00F3n\n".getBytes(StandardCharsets.ISO_8859_1),
                "PK\u0003\u0004xl/workbook.xml".getBytes(StandardCharsets.UTF_8));
    }

    /** The mail is then sent without a workbook. An empty or garbled workbook would be taken for a result. */
    @ParameterizedTest
    @MethodSource("noCsv")
    void result_whenItIsNoCsv_writesNoWorkbookAndIsRedelivered(byte[] file) {
        uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "junction-4.mp4", "mp4");
        objects.put(Keys.summary(ID), file, "text/csv", new Condition.Always());

        assertThat(Invocation.ofFixture(handler, "excel-result.json"))
                .extractingByKey("batchItemFailures", LIST)
                .hasSize(1);
        assertThat(objects.head(Keys.workbook(ID))).isEmpty();
    }
}
