package dev.wakebox.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every implementation of the port keeps. */
public abstract class NeedsContract {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant LATER = Instant.parse("2026-11-22T12:01:00Z");

    private final String thing = UUID.randomUUID().toString();

    protected abstract Needs needs();

    @Test
    void of_whenNobodyEverNeededIt_isEmpty() {
        assertThat(needs().of(thing).jobs()).isEmpty();
        assertThat(needs().of(thing).ending(NOW)).isFalse();
    }

    @Test
    void add_whenTwice_countsOnce() {
        assertThat(needs().add(thing, "a").jobs()).containsExactly("a");
        assertThat(needs().add(thing, "a").jobs()).containsExactly("a");
        assertThat(needs().add(thing, "b").jobs()).containsExactlyInAnyOrder("a", "b");
        assertThat(needs().remove(thing, "a").jobs()).containsExactly("b");
        assertThat(needs().remove(thing, "a").jobs()).containsExactly("b");
        assertThat(needs().remove(thing, "b").jobs()).isEmpty();
        assertThat(needs().of(thing).jobs()).isEmpty();
    }

    @Test
    void served_whenItWorked_removesTheJobAndSaysWhen() {
        needs().add(thing, "a");
        needs().add(thing, "b");
        needs().remove(thing, "a");
        assertThat(needs().of(thing).lastServed()).isEqualTo(Instant.EPOCH);

        assertThat(needs().served(thing, "b", LATER)).isEqualTo(new Needs.State(Set.of(), Instant.EPOCH, LATER));
        assertThat(needs().add(thing, "c").lastServed()).isEqualTo(LATER);
    }

    @Test
    void end_whenSomebodyNeedsIt_isRefused() {
        needs().add(thing, "a");

        assertThat(needs().end(thing, LATER, NOW)).isFalse();

        needs().remove(thing, "a");
        assertThat(needs().end(thing, LATER, NOW)).isTrue();
    }

    @Test
    void end_whenAnotherHasTheRight_isRefusedUntilItIsGivenBackOrOver() {
        assertThat(needs().end(thing, LATER, NOW)).isTrue();

        assertThat(needs().end(thing, LATER.plusSeconds(60), NOW)).isFalse();
        assertThat(needs().end(thing, LATER.plusSeconds(60), LATER.minusMillis(1)))
                .isFalse();
        assertThat(needs().of(thing).endingUntil()).isEqualTo(LATER);

        assertThat(needs().end(thing, LATER.plusSeconds(60), LATER)).isTrue();
        needs().ended(thing);
        assertThat(needs().end(thing, LATER, NOW)).isTrue();
    }

    @Test
    void add_whenItIsBeingPutAway_saysSoUntilThatIsDone() {
        assertThat(needs().end(thing, LATER, NOW)).isTrue();

        Needs.State state = needs().add(thing, "a");
        assertThat(state.ending(LATER.minusMillis(1))).isTrue();
        assertThat(state.ending(LATER)).isFalse();

        needs().ended(thing);
        assertThat(needs().of(thing).ending(LATER.minusMillis(1))).isFalse();
        assertThat(needs().of(thing).jobs()).containsExactly("a");
    }
}
