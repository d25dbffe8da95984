package dev.wakebox.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.webhooks.Notice;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingNoticesTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);
    private static final ServerStatus ACTIVE =
            ServerStatus.INITIAL.claimedBy("a1", "textclassification", Instant.parse("2026-01-31T11:00:00Z"));

    private final InMemoryObjectStore objects = new InMemoryObjectStore(CLOCK);
    private final List<Notice> sent = new ArrayList<>();
    private final TrainingNotices notices = new TrainingNotices(objects, sent::add, CLOCK);

    @Test
    void ended_whenTheTrainerHasLeftItsEntry_isASuccessWithTheModel() {
        results("{\"a1\": {\"model_filename\": \"models/a1/model.json\"}}");

        notices.ended(ACTIVE, "The trainer has ended.");

        assertThat(sent).singleElement().satisfies(notice -> {
            assertThat(notice.source()).isEqualTo("wakebox.training");
            assertThat(notice.outcome()).isEqualTo("SUCCEEDED");
            assertThat(notice.time()).isEqualTo(CLOCK.instant());
            assertThat(notice.detail())
                    .containsEntry("id", "a1")
                    .containsEntry("task_type", "textclassification")
                    .containsEntry("started_at", "2026-01-31T11:00:00Z")
                    .containsEntry("model", "models/a1/model.json");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "{}", "{\"a2\": {}}", "{\"a1\": \"text\"}"})
    void ended_whenThereIsNoEntryOfTheRun_isAFailureWithTheReason(String results) {
        if (!results.isEmpty()) {
            results(results);
        }

        notices.ended(ACTIVE, "the run has exceeded its time limit");

        assertThat(sent).singleElement().satisfies(notice -> {
            assertThat(notice.outcome()).isEqualTo("FAILED");
            assertThat(notice.detail())
                    .containsEntry("reason", "the run has exceeded its time limit")
                    .doesNotContainKey("model");
        });
    }

    @Test
    void ended_whenNoRunHasTheClaim_sendsNothing() {
        notices.ended(ServerStatus.INITIAL, "nothing");
        notices.ended(ServerStatus.INITIAL.claimedBy("", "", CLOCK.instant()), "a claim of the reaper");

        assertThat(sent).isEmpty();
    }

    private void results(String json) {
        objects.put("inference.json", json.getBytes(UTF_8), "application/json", new Condition.Always());
    }
}
