package dev.wakebox.functions.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_always_answersTheRequests() {
        assertThat(RehearsedFunction.statuses(UploadHandler::new)).containsExactly(201, 200);
    }

    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(UploadHandler::new)).containsExactly("GetItem");
    }
}
