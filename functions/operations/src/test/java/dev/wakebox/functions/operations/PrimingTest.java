package dev.wakebox.functions.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(Set.copyOf(RehearsedFunction.callsThatLeave(OperationsHandler::new)))
                .containsExactlyInAnyOrder(
                        "GET /prime/status.json",
                        "GET /prime/inference.json",
                        "DescribeInstances",
                        "GetProducts",
                        "ListExecutions",
                        "DescribeAlarms",
                        "GetQueueAttributes");
    }
}
