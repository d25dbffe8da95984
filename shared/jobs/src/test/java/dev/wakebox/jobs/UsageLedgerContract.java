package dev.wakebox.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rules of every implementation of the port. */
public abstract class UsageLedgerContract {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant LATER = Instant.parse("2026-11-22T12:01:00Z");

    private final String thing = UUID.randomUUID().toString();

    protected abstract UsageLedger ledger();

    @Test
    void of_whenNoJobEverNeededIt_isEmpty() {
        assertThat(ledger().of(thing).jobs()).isEmpty();
        assertThat(ledger().of(thing).ending(NOW)).isFalse();
    }

    @Test
    void add_whenTwice_countsOnce() {
        assertThat(ledger().add(thing, "a").jobs()).containsExactly("a");
        assertThat(ledger().add(thing, "a").jobs()).containsExactly("a");
        assertThat(ledger().add(thing, "b").jobs()).containsExactlyInAnyOrder("a", "b");
        assertThat(ledger().remove(thing, "a").jobs()).containsExactly("b");
        assertThat(ledger().remove(thing, "a").jobs()).containsExactly("b");
        assertThat(ledger().remove(thing, "b").jobs()).isEmpty();
        assertThat(ledger().of(thing).jobs()).isEmpty();
    }

    @Test
    void served_whenItWorked_removesTheJobAndSaysWhen() {
        ledger().add(thing, "a");
        ledger().add(thing, "b");
        ledger().remove(thing, "a");
        assertThat(ledger().of(thing).lastServed()).isEqualTo(Instant.EPOCH);

        assertThat(ledger().served(thing, "b", LATER)).isEqualTo(new UsageLedger.State(Set.of(), Instant.EPOCH, LATER));
        assertThat(ledger().add(thing, "c").lastServed()).isEqualTo(LATER);
    }

    @Test
    void end_whenAJobNeedsIt_isRefused() {
        ledger().add(thing, "a");

        assertThat(ledger().end(thing, LATER, NOW)).isFalse();

        ledger().remove(thing, "a");
        assertThat(ledger().end(thing, LATER, NOW)).isTrue();
    }

    @Test
    void end_whenAnotherHasTheRight_isRefusedUntilItIsGivenBackOrOver() {
        assertThat(ledger().end(thing, LATER, NOW)).isTrue();

        assertThat(ledger().end(thing, LATER.plusSeconds(60), NOW)).isFalse();
        assertThat(ledger().end(thing, LATER.plusSeconds(60), LATER.minusMillis(1)))
                .isFalse();
        assertThat(ledger().of(thing).endingUntil()).isEqualTo(LATER);

        assertThat(ledger().end(thing, LATER.plusSeconds(60), LATER)).isTrue();
        ledger().ended(thing);
        assertThat(ledger().end(thing, LATER, NOW)).isTrue();
    }

    @Test
    void add_whenItIsBeingPutAway_saysSoUntilThatIsDone() {
        assertThat(ledger().end(thing, LATER, NOW)).isTrue();

        UsageLedger.State state = ledger().add(thing, "a");
        assertThat(state.ending(LATER.minusMillis(1))).isTrue();
        assertThat(state.ending(LATER)).isFalse();

        ledger().ended(thing);
        assertThat(ledger().of(thing).ending(LATER.minusMillis(1))).isFalse();
        assertThat(ledger().of(thing).jobs()).containsExactly("a");
    }
}
