package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.DynamoDbNeeds;
import dev.wakebox.jobs.Needs;
import dev.wakebox.jobs.NeedsContract;
import dev.wakebox.runtime.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads from outside: the presigned PUT, the box, the workbook and the mail, with the real template and functions. */
class UploadsTest {

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(directory, Map.of());
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void upload_whenTheFileIsSent_wakesTheBoxWhichProcessesItAndItsOwnerIsToldOnce() {
        var announced = announce("cruce \"4\"\n<b>.mp4", 200_000);
        assertThat(announced.status()).isEqualTo(201);
        String id = announced.text("id");
        assertThat(app.get("/uploads/" + id).text("state")).isEqualTo("UPLOADING");

        assertThat(put(announced, new byte[200_000])).isEqualTo(200);

        await("the upload is done", A_WHILE, () -> app.get("/uploads/" + id)
                .text("state")
                .equals("DONE"));
        await("the workbook is there", A_WHILE, () -> app.bytes("excel/" + id + ".xlsx")
                .isPresent());
        await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
        await("the box sleeps", A_WHILE, () -> app.processorState().equals("stopped"));
        String summary = app.object("csvs/summary" + id + ".csv").orElseThrow();
        assertThat(summary.lines().findFirst().orElseThrow().split(",")).hasSize(27);
        assertThat(app.get("/uploads/" + id).raw()).contains("\"workbook\"").doesNotContain("ana@example.org");

        // The same events once more change nothing.
        app.put("csvs/summary" + id + ".csv", summary);
        await("the workbook's event is through", A_WHILE, () -> app.log("email").contains("has been told already"));
        assertThat(app.mails(id)).isEqualTo(1);
        assertThat(app.processorState()).isEqualTo("stopped");
    }

    @Nested
    class WhoNeedsTheBox extends NeedsContract {
        @Override
        protected Needs needs() {
            return new DynamoDbNeeds(app.dynamoDb, app.jobsTable());
        }
    }

    @Test
    void upload_whenRefused_namesTheField() {
        var answer = announce("virus.exe", 1);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("field")).isEqualTo("filename");
        assertThat(app.get("/uploads/0123456789abcdef0123456789abcdef").status())
                .isEqualTo(404);
    }

    private static RunningApplication.Answer announce(String filename, int length) {
        var request = new LinkedHashMap<String, Object>();
        request.put("filename", filename);
        request.put("email", "ana@example.org");
        request.put("name", "Ana");
        request.put("contentLength", length);
        return app.post("/uploads", Json.string(request), "content-type", "application/json");
    }

    private static int put(RunningApplication.Answer announced, byte[] body) {
        var request = HttpRequest.newBuilder(URI.create(announced.text("url")))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body));
        ((Map<?, ?>) requireNonNull(announced.json().get("headers")))
                .forEach((name, value) -> request.header(String.valueOf(name), String.valueOf(value)));
        return app.send(request).status();
    }
}
