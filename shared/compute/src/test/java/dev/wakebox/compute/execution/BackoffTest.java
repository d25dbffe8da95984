package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void after_growsByTheRateUpToTheMost() {
        var backoff = new Backoff(Duration.ofSeconds(30), 2, Duration.ofSeconds(900));

        assertThat(backoff.after(0)).hasSeconds(30);
        assertThat(backoff.after(2)).hasSeconds(120);
        assertThat(backoff.after(5)).hasSeconds(900);
        assertThat(backoff.after(5000)).hasSeconds(900);
    }

    @Test
    void after_whenTheBaseIsZero_isASecond() {
        assertThat(new Backoff(Duration.ZERO, 1, Duration.ZERO).after(3)).hasSeconds(1);
    }
}
