package dev.wakebox.functions.stop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(StopHandler::new))
                .containsExactly("HEAD /prime/training/training.json", "DescribeInstances", "GET /prime/status.json");
    }
}
