package dev.wakebox.functions.classifiertrain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(ClassifierTrainHandler::new))
                .containsExactly("GetItem");
    }
}
