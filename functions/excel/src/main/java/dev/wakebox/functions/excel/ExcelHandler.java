package dev.wakebox.functions.excel;

import static java.util.Objects.requireNonNull;

import dev.wakebox.csv.CsvText;
import dev.wakebox.csv.UnreadableCsvException;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3Notifications;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the results of an upload as a workbook (S3 events through SQS). */
public final class ExcelHandler extends LambdaFunction {
    private static final String TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private final String bucket;
    private final ObjectStore objects;
    private final Uploads uploads;

    /** Reads {@code BUCKET} and {@code JOBS_TABLE}. */
    public ExcelHandler() {
        this(
                Environment.required("BUCKET"),
                S3ObjectStore.ofBucket(Environment.required("BUCKET")),
                new Uploads(DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")), Clock.systemUTC()));
    }

    ExcelHandler(String bucket, ObjectStore objects, Uploads uploads) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.uploads = requireNonNull(uploads, "uploads is null");
    }

    @Override
    protected Record event(JsonObject event) {
        return S3Notifications.handle(
                event,
                change -> change.kind() == S3Event.Kind.CREATED
                        && change.bucket().equals(bucket)
                        && Keys.uploadOfSummary(change.key()).isPresent(),
                "a new result of an upload",
                change -> Keys.uploadOfSummary(change.key())
                        .flatMap(uploads::find)
                        .map(this::write)
                        .orElse("There is no record of the upload of " + change.key() + "."));
    }

    private String write(Upload upload) {
        String source = Keys.summary(upload.id());
        Optional<ObjectInfo> info = objects.head(source);
        if (info.isEmpty()) {
            return "The results of " + upload.id() + " do not exist any more.";
        }
        if (info.get().size() > MOST_BYTES) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The results of " + upload.id() + " are larger than " + MOST_BYTES + " bytes.");
        }
        byte[] csv = objects.get(source).orElseThrow(() -> gone(upload)).body();
        var workbook = new ByteArrayOutputStream();
        var written = ResultWorkbook.write(text(upload, csv), facts(upload), workbook);
        objects.put(Keys.workbook(upload.id()), workbook.toByteArray(), TYPE, new Condition.Always());
        return "The workbook of " + upload.id() + " has " + written.rows() + " rows"
                + (written.shortened() == 0 ? "." : ", " + written.shortened() + " cells are shortened.");
    }

    private static CsvText text(Upload upload, byte[] csv) {
        try {
            return CsvText.of("the results of " + upload.id(), csv, List.of());
        } catch (UnreadableCsvException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, requireNonNull(e.getMessage()), e);
        }
    }

    /**
     * Facts for the first sheet. They have no data of the owner, because everyone with the upload's id gets a link to
     * the workbook.
     */
    private static Map<String, String> facts(Upload upload) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("File", upload.filename());
        facts.put("Announced at", upload.history().getFirst().at().toString());
        facts.put("Reference", upload.id());
        return facts;
    }

    private static WakeboxException gone(Upload upload) {
        return new WakeboxException(
                ErrorCode.UNAVAILABLE, "The results of " + upload.id() + " cannot be read at the moment.");
    }
}
