package dev.wakebox.functions.webhookegress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    /** With a secret, the signed event is refused, and the one with the key in its path stores an output. */
    @Test
    void priming_whenThereIsASecret_storesAnOutputOfTheRehearsal() {
        assertThat(RehearsedFunction.statuses(WebhookEgressHandler::new)).containsExactly(401, 200);
    }

    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(WebhookEgressHandler::new)).containsExactly("GetParameter");
    }
}
