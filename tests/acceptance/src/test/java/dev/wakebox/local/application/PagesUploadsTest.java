package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.page.PageStandIn;
import dev.wakebox.local.page.Video;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Uploads of a web page from outside: the page signs the file's URL and doesn't use our API; the processor has no
 * health path, is started by the start command, and answers when the file is processed.
 */
class PagesUploadsTest {
    private static final String ID = "cm1chk50n00005t02plax1hr2";
    private static final String OTHER = "cm1chk50n00015t02abcdefgh";

    @TempDir
    static Path directory;

    static PageStandIn page;
    static RunningApplication app;

    @BeforeAll
    static void start() {
        page = PageStandIn.start(0);
        app = RunningApplication.start(directory, Map.of("PageUrl", page.uri().toString()));
    }

    @AfterAll
    static void stop() {
        app.close();
        page.close();
    }

    @Test
    void upload_whenThePageSignedItsPlace_isProcessedAndItsOwnerIsInformedOnceInSpanish() {
        page.put(new Video(ID, "cruce 4.mp4", "ana@example.org", "Ana", false));
        page.put(new Video(OTHER, "cruce 5.mp4", "bo@example.org", "Bo", true));
        assertThat(app.processorState()).isEqualTo("stopped");

        assertThat(put(ID)).isEqualTo(200);
        assertThat(put(OTHER)).isEqualTo(200);

        for (String id : new String[] {ID, OTHER}) {
            String key = "videos/" + id + ".mp4";
            app.deliver("UploadQueue", RunningApplication.event(app.bucket, key, "ObjectCreated:Put", Instant.now()));
            await("the upload " + id + " is done", A_WHILE, () -> app.get("/uploads/" + id)
                    .text("state")
                    .equals("DONE"));
            await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
            assertThat(page.progress(id)).endsWith(100);
            assertThat(app.object("csvs/summary" + id + ".csv")).isPresent();
            assertThat(app.bytes("processed_videos/" + id + ".mp4")).isPresent();
            assertThat(app.get("/uploads/" + id).raw()).doesNotContain("links", "example.org");
        }
        // The page chose one of two ways to process the file.
        assertThat(app.object("bevs/bev_" + ID + ".png")).isPresent();
        assertThat(app.object("bevs/bev_" + OTHER + ".png")).isEmpty();
        assertThat(app.mails(page.uri() + "/dashboard/historial")).isEqualTo(2);
        assertThat(app.mails("Hola, Ana:")).isOne();
        await("the instance is stopped", A_WHILE, () -> app.processorState().equals("stopped"));
        assertThat(app.mails(ID)).isOne();
        assertThat(app.log("process-upload")).doesNotContain("ana@example.org");
    }

    @Test
    void object_whenThePageDoesNotKnowIt_isRefusedAloud() {
        assertThat(put("cm1chk50n00025t02unknown00")).isEqualTo(200);

        await("it is refused", A_WHILE, () -> app.log("process-upload")
                .contains("cm1chk50n00025t02unknown00.mp4: the page does not know it"));
        assertThat(app.get("/uploads/cm1chk50n00025t02unknown00").status()).isEqualTo(404);
    }

    /** Signs only key and bucket, as the page does. */
    private static int put(String id) {
        try (var presigner = S3Presigner.builder()
                .endpointOverride(app.aws())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build()) {
            URI url = URI.create(presigner
                    .presignPutObject(request -> request.signatureDuration(Duration.ofHours(1))
                            .putObjectRequest(put -> put.bucket(app.bucket).key("videos/" + id + ".mp4")))
                    .url()
                    .toString());
            return app.send(HttpRequest.newBuilder(url)
                            .header("content-type", "video/mp4")
                            .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[200_000])))
                    .status();
        }
    }
}
