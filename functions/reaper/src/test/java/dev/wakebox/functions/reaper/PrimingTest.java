package dev.wakebox.functions.reaper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(ReaperHandler::new))
                .containsExactly(
                        "DescribeInstances",
                        "DescribeVolumes",
                        "DescribeExecution",
                        "HEAD /prime/training/training.json",
                        "DescribeInstances",
                        "GET /prime/status.json",
                        "HEAD /prime/training/heartbeat",
                        "HEAD /prime/training/training.json",
                        "DescribeInstances",
                        "GET /prime/status.json",
                        "HEAD /prime/training/heartbeat");
    }
}
