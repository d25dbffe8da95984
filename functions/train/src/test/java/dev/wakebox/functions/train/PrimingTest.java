package dev.wakebox.functions.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_always_answersTheRequests() {
        assertThat(RehearsedFunction.statuses(TrainHandler::new)).containsExactly(200, 200, 201);
    }

    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(TrainHandler::new))
                .containsExactly(
                        "DescribeInstances",
                        "GET /prime/status.json",
                        "GET /prime/inference.json",
                        "DescribeInstances",
                        "GET /prime/status.json",
                        "GET /prime/inference.json");
    }
}
