package dev.wakebox.functions.runsapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(RunsApiHandler::new))
                .containsExactly(
                        "ListExecutions",
                        "DescribeExecution",
                        "GetExecutionHistory",
                        "GetExecutionHistory",
                        "GetLogEvents",
                        "GetLogEvents",
                        "DescribeExecution",
                        "GetExecutionHistory",
                        "GetLogEvents",
                        "GetLogEvents",
                        "DescribeInstances");
    }
}
