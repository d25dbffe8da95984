package dev.wakebox.functions.reaper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.launch.RunTags;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrphanActionTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String LATER = "2026-11-22T12:00:01Z";
    private static final String PAST = "2026-11-22T12:00:00Z";

    @Test
    void of_whenTheExecutionRuns_keepsUntilItExpires() {
        assertThat(OrphanAction.of(tags(LATER, null), true, false, NOW))
                .isEqualTo(new OrphanAction.Keep("its execution is running"));
        assertThat(OrphanAction.of(tags(PAST, null), true, false, NOW))
                .isEqualTo(new OrphanAction.Mark("it expired at " + PAST));
    }

    @Test
    void of_whenTheExecutionIsOver_marksAndEndsTwoMinutesLater() {
        assertThat(OrphanAction.of(tags(LATER, null), false, false, NOW))
                .isEqualTo(new OrphanAction.Mark("its execution is over"));
        assertThat(OrphanAction.of(tags(LATER, "2026-11-22T11:58:01Z"), false, false, NOW))
                .isEqualTo(new OrphanAction.Keep("its execution is over, seen since 2026-11-22T11:58:01Z"));
        assertThat(OrphanAction.of(tags(LATER, "2026-11-22T11:58:00Z"), false, false, NOW))
                .isEqualTo(new OrphanAction.End("its execution is over"));
    }

    @Test
    void of_whenItIsCertain_endsAtOnce() {
        assertThat(OrphanAction.of(tags(LATER, null), false, true, NOW))
                .isEqualTo(new OrphanAction.End("its execution is over"));
    }

    @Test
    void of_whenMarkedButNeededAfterAll_unmarks() {
        assertThat(OrphanAction.of(tags(LATER, "2026-11-22T11:00:00Z"), true, false, NOW))
                .isEqualTo(new OrphanAction.Unmark("its execution is running"));
        assertThat(OrphanAction.of(tags(LATER, ""), false, false, NOW)).isInstanceOf(OrphanAction.Mark.class);
    }

    @Test
    void of_whenItsAttemptFailedAndItIsKept_endsItOnlyWhenItExpires() {
        var later = tags(LATER, null);
        var past = tags(PAST, null);
        var never = tags("soon", null);
        List.of(later, past, never).forEach(tags -> tags.put(RunTags.KEPT, "true"));

        assertThat(OrphanAction.of(later, false, false, NOW))
                .isEqualTo(new OrphanAction.Keep("its attempt failed, and it stays until " + LATER));
        assertThat(OrphanAction.of(later, false, true, NOW)).isInstanceOf(OrphanAction.Keep.class);
        assertThat(OrphanAction.of(past, false, false, NOW)).isEqualTo(new OrphanAction.Mark("it expired at " + PAST));
        assertThat(OrphanAction.of(never, false, false, NOW)).isInstanceOf(OrphanAction.Mark.class);
    }

    @Test
    void of_whenTagsAreNonsense_goesByTheExecutionAlone() {
        assertThat(OrphanAction.of(tags("soon", "lately"), true, false, NOW)).isInstanceOf(OrphanAction.Keep.class);
        assertThat(OrphanAction.of(tags("soon", "lately"), false, false, NOW)).isInstanceOf(OrphanAction.Mark.class);
    }

    private static Map<String, String> tags(String expiry, @Nullable String since) {
        var tags = new HashMap<>(Map.of(RunTags.EXPIRES_AT, expiry));
        if (since != null) {
            tags.put(RunTags.ORPHAN_SINCE, since);
        }
        return tags;
    }
}
