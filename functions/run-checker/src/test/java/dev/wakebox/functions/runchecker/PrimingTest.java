package dev.wakebox.functions.runchecker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(RunCheckerHandler::new))
                .containsExactly("GET /prime?list-type=2&prefix=prime%2Ffile.txt");
    }
}
