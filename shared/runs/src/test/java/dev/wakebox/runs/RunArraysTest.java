package dev.wakebox.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunArraysTest {
    private final InMemoryExecutions executions = new InMemoryExecutions();
    private final RunArrays arrays = new RunArrays(executions, InMemoryExecutions.STATE_MACHINE);

    @Test
    void isArn_always_tellsArraysFromRuns() {
        assertThat(arrays.isArn("arn:aws:states:eu-west-1:111122223333:execution:wakebox-ec2-run-array:night"))
                .isTrue();
        assertThat(arrays.isArn("arn:aws:states:eu-west-1:111122223333:execution:wakebox-ec2-run:night"))
                .isFalse();
        assertThat(arrays.isArn("night")).isFalse();
    }

    @Test
    void submit_whenTheNameLeavesNoRoomForAnIndex_isRefused() {
        assertThatThrownBy(() -> arrays.submit("n".repeat(76), "{}"))
                .hasMessageContaining("at most 75 characters, has 76");
    }

    @Test
    void orElse_whenThereIsARun_neverAsksForAnArray() {
        assertThat(arrays.<String>orElse("night", () -> "run", () -> {
                    throw new AssertionError("asked");
                }))
                .isEqualTo("run");
    }

    @Test
    void orElse_whenThereIsNoRun_takesTheArrayOrTellsThatThereIsNeither() {
        var none = new WakeboxException(ErrorCode.NOT_FOUND, "There is no run.");

        assertThat(arrays.<String>orElse(
                        "night",
                        () -> {
                            throw none;
                        },
                        () -> Optional.of("array")))
                .isEqualTo("array");
        assertThatThrownBy(() -> arrays.<String>orElse(
                        "night",
                        () -> {
                            throw none;
                        },
                        Optional::empty))
                .isSameAs(none);
    }

    @Test
    void find_whenThereIsNoSuchArray_isEmpty() {
        assertThat(arrays.find("none")).isEmpty();
        assertThat(arrays.cancel("none", "why")).isEmpty();
        assertThat(arrays.again("none")).isEmpty();
    }
}
