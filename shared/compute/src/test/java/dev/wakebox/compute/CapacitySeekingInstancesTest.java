package dev.wakebox.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CapacitySeekingInstancesTest {
    private static final String ID = "i-0123456789abcdef0";
    private static final String WANTED = InMemoryInstances.FIRST_TYPE;

    private final InMemoryInstances ec2 = new InMemoryInstances(Clock.systemUTC());
    private final Instances instances = CapacitySeekingInstances.of(ec2, List.of(WANTED, "t3.small", "t3.large"));

    @BeforeEach
    void sleeps() {
        ec2.set(ID, InstanceState.STOPPED);
    }

    @Test
    void start_whenThereIsCapacity_changesNoType() {
        instances.start(ID);

        assertThat(ec2.calls()).containsExactly("start " + ID);
    }

    @Test
    void start_whenThereIsNone_takesTheFirstTypeThatHasSome() {
        ec2.noCapacityFor(WANTED, "t3.small");

        instances.start(ID);

        assertThat(ec2.calls())
                .containsExactly(
                        "no capacity for " + WANTED,
                        "change " + ID + " to t3.small",
                        "no capacity for t3.small",
                        "change " + ID + " to t3.large",
                        "start " + ID);
    }

    @Test
    void start_whenNoTypeHasCapacity_canBeRepeatedAndBeginsWithTheWantedOne() {
        ec2.noCapacityFor(WANTED, "t3.small", "t3.large");

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> instances.start(ID))
                .withMessageContaining("t3.micro, t3.small, t3.large")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));

        ec2.noCapacityFor();
        instances.start(ID);
        assertThat(ec2.describe(ID).orElseThrow().type()).isEqualTo(WANTED);
    }

    @Test
    void start_whenItRunsAlready_changesNoType() {
        ec2.changeType(ID, "t3.small");
        ec2.set(ID, InstanceState.RUNNING);

        instances.start(ID);

        assertThat(ec2.describe(ID).orElseThrow().type()).isEqualTo("t3.small");
    }

    @Test
    void asleep_whenItHasAnotherType_getsTheWantedOneBackOnce() {
        ec2.changeType(ID, "t3.small");

        instances.asleep(ec2.describe(ID).orElseThrow());
        instances.asleep(ec2.describe(ID).orElseThrow());

        assertThat(ec2.calls()).containsExactly("change " + ID + " to t3.small", "change " + ID + " to " + WANTED);
    }

    @Test
    void of_whenThereAreNoTypes_isTheInstancesThemselves() {
        assertThat(CapacitySeekingInstances.of(ec2, List.of())).isSameAs(ec2);
    }
}
