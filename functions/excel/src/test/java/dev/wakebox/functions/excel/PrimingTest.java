package dev.wakebox.functions.excel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(ExcelHandler::new))
                .containsExactly(
                        "GetItem",
                        "HEAD /prime/csvs/summary00000000000000000000000000000000.csv",
                        "GET /prime/csvs/summary00000000000000000000000000000000.csv");
    }
}
