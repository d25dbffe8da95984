package dev.wakebox.functions.egressworker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    /** The first call writes the job record. */
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothing() {
        assertThat(RehearsedFunction.callsThatLeave(EgressWorkerHandler::new)).isEmpty();
    }
}
