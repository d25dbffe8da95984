package dev.wakebox.functions.excel;

import com.sun.management.OperatingSystemMXBean;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.Uploads;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Random;

/** Writes one large workbook through the function, in a separate process that can be measured. */
final class LargeWorkbook {
    private static final int ROWS = 100_000;
    private static final int NUMBERS = 22;
    private static final String ID = "0123456789abcdef0123456789abcdef";

    private LargeWorkbook() {}

    public static void main(String[] arguments) {
        var os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var clock = Clock.systemUTC();
        var objects = new InMemoryObjectStore(clock);
        objects.put(Keys.summary(ID), csv(), "text/csv", new Condition.Always());
        var uploads = new Uploads(new InMemoryJobStore(clock), clock);
        uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");
        var handler = new ExcelHandler("wakebox-data-000000000000-us-east-1", objects, uploads);

        long before = os.getProcessCpuTime();
        var answer = Invocation.ofFixture(handler, "excel-result.json");
        double seconds = (os.getProcessCpuTime() - before) / 1e9;

        if (!answer.toString().equals("{batchItemFailures=[]}")) {
            throw new IllegalStateException(answer.toString());
        }
        long bytes = objects.head(Keys.workbook(ID)).orElseThrow().size();
        System.out.println(String.format(Locale.ROOT, "rows=%d bytes=%d cpu=%.2f", ROWS, bytes, seconds));
    }

    /** The 27 columns of a summary. */
    private static byte[] csv() {
        var random = new Random(27);
        var csv = new StringBuilder(ROWS * 240).append("id_i,id_j,timestamp_max_severity,class_i,class_j");
        for (int i = 0; i < NUMBERS; i++) {
            csv.append(",n").append(i);
        }
        for (int row = 0; row < ROWS; row++) {
            csv.append('\n').append(row).append(',').append(row + 1).append(",2026-11-22 12:00:00,car,bus");
            for (int i = 0; i < NUMBERS; i++) {
                csv.append(',').append(random.nextInt(1_000_000) / 1e4);
            }
        }
        return csv.toString().getBytes(StandardCharsets.UTF_8);
    }
}
