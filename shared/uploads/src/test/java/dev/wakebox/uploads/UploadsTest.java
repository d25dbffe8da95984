package dev.wakebox.uploads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.jobs.InMemoryJobStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadsTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final Uploads uploads = new Uploads(jobs, clock);

    @Test
    void find_whenCreated_isWhatWasAnnounced() {
        uploads.create(ID, new Owner("ana@example.org", "Ana", Language.ES), "a \"b\"\n<c>.mp4", "mp4");

        Upload upload = uploads.find(ID).orElseThrow();
        assertThat(upload.owner()).isEqualTo(new Owner("ana@example.org", "Ana", Language.ES));
        assertThat(upload.filename()).isEqualTo("a \"b\" <c>.mp4");
        assertThat(upload.stage()).isEqualTo(Stage.UPLOADING);
        assertThat(upload.expiresAt()).isEqualTo(NOW.plus(Duration.ofDays(30)));
    }

    @Test
    void create_whenTheAnswerIsLost_isThere() {
        jobs.loseAnswers();

        Upload upload = uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");

        assertThat(uploads.find(ID)).contains(upload);
    }

    @Test
    void create_whenTheIdIsTaken_isRefused() {
        uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");

        assertThatThrownBy(() -> uploads.create(ID, new Owner("bo@example.org", "Bo", Language.EN), "a.mp4", "mp4"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is taken");
    }

    @Test
    void begin_whenTwice_happensOnce() {
        Upload upload = arrived();

        assertThat(uploads.begin(upload)).isTrue();
        assertThat(uploads.begin(upload)).isFalse();
        assertThat(uploads.find(ID).orElseThrow().stage()).isEqualTo(Stage.PROCESSING);
    }

    @Test
    void begin_whenTheAnswerIsLost_happensOnce() {
        Upload upload = arrived();
        jobs.loseAnswers();

        assertThat(uploads.begin(upload)).isTrue();
        assertThat(uploads.begin(upload)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0123456789ABCDEF0123456789ABCDEF", "../0123456789abcdef0123456789abc", "mail#x"})
    void find_whenNoId_isEmpty(String id) {
        assertThat(uploads.find(id)).isEmpty();
    }

    @Test
    void move_whenTwiceFromTheSameStage_happensOnce() {
        Upload upload = uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");

        assertThat(uploads.move(upload, Set.of(Stage.UPLOADING), Stage.UPLOADED, "here"))
                .isTrue();
        assertThat(uploads.move(upload, Set.of(Stage.UPLOADING), Stage.UPLOADED, "here"))
                .isFalse();
        assertThat(uploads.find(ID).orElseThrow().history())
                .extracting(change -> change.state() + ": " + change.reason())
                .containsExactly("UPLOADING: The upload was announced.", "UPLOADED: here");
    }

    @Test
    void progress_whenReportedLateOrTwice_neverGoesBack() {
        Upload upload = uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");
        assertThat(uploads.progress(upload, 10)).isFalse();
        uploads.move(upload, Set.of(Stage.UPLOADING), Stage.PROCESSING, "on");

        assertThat(uploads.progress(uploads.find(ID).orElseThrow(), 50)).isTrue();
        assertThat(uploads.progress(uploads.find(ID).orElseThrow(), 50)).isFalse();
        assertThat(uploads.progress(uploads.find(ID).orElseThrow(), 25)).isFalse();
        assertThat(uploads.find(ID).orElseThrow().progress()).isEqualTo(50);
    }

    @Test
    void owner_whenLogged_showsNoAddress() {
        Upload upload = uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");

        assertThat(upload.toString()).doesNotContain("ana@");
    }

    @Test
    void keys_whenReadBack_nameTheUpload() {
        assertThat(Keys.uploadOfVideo(Keys.video(ID, "mp4"))).contains(new Keys.Video(ID, "mp4"));
        assertThat(Keys.uploadOfSummary(Keys.summary(ID))).contains(ID);
        assertThat(Keys.uploadOfWorkbook(Keys.workbook(ID))).contains(ID);
        assertThat(Keys.uploadOfSummary(Keys.csv(ID))).isEmpty();
        assertThat(Keys.uploadOfVideo(Keys.processedVideo(ID))).isEmpty();
    }

    private Upload arrived() {
        Upload upload = uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");
        uploads.move(upload, Set.of(Stage.UPLOADING), Stage.UPLOADED, "here");
        return upload;
    }

    @Test
    void adopt_whenAnyNumberOfEventsCome_isOneRecord() {
        var file = new Keys.Video("cm1chk50n00005t02plax1hr2", "MP4");
        var first = uploads.adopt(
                file, new Origin.Page(true), new Owner("ana@example.org", "Ana", Language.ES), "cruce.MP4");
        var second =
                uploads.adopt(file, new Origin.Page(false), new Owner("bo@example.org", "Bo", Language.EN), "b.mp4");

        assertThat(second).isEqualTo(first);
        assertThat(second.origin()).isEqualTo(new Origin.Page(true));
        assertThat(second.key()).isEqualTo("videos/cm1chk50n00005t02plax1hr2.MP4");
        assertThat(uploads.find(file.id())).contains(first);
    }
}
