package dev.wakebox.functions.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(StartHandler::new))
                .containsExactly("GET /prime/status.json", "HEAD /prime/training/training.json", "DescribeInstances");
    }
}
