package dev.wakebox.functions.classifiertrainrequest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenThereIsAGraphQlServer_answersTheRequest() {
        assertThat(RehearsedFunction.statuses(ClassifierTrainRequestHandler::new))
                .containsExactly(200);
    }

    /** The GraphQL server is asked first, and no call of priming reaches it. */
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(ClassifierTrainRequestHandler::new))
                .containsExactly("GetParameter");
    }
}
