package dev.wakebox.local.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.mail.MailFaults.Effect;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailFaultsTest {
    private final MailFaults faults = new MailFaults();

    @ParameterizedTest
    @CsvSource({
        "MessageRejected@fault.example, MessageRejected, 400, 1",
        "TooManyRequestsException+3@Fault.Example, TooManyRequestsException, 429, 3",
        "SendingPausedException+2@fault.example, SendingPausedException, 400, 2",
        "InternalServiceErrorException@fault.example, InternalServiceErrorException, 500, 1"
    })
    void refusal_happensAsOftenAsItSays(String address, String code, int status, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(faults.next(List.of("ana@example.org", address))).contains(new Effect.Refused(code));
        }
        assertThat(faults.next(List.of(address))).isEmpty();
        assertThat(new Effect.Refused(code).status()).isEqualTo(status);
    }

    @Test
    void answer_whenAlwaysLost_isLostEachTime() {
        for (int i = 0; i < 20; i++) {
            assertThat(faults.next(List.of("lost+always@fault.example"))).contains(new Effect.AnswerLost());
        }
        assertThat(faults.next(List.of("lost@fault.example"))).isPresent();
        assertThat(faults.next(List.of("lost@fault.example"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ana@example.org",
                "lost@fault.example.org",
                "+1@fault.example",
                "lost+soon@fault.example",
                "a.b@fault.example"
            })
    void mail_whenNoFaultIsOrdered_isSent(String address) {
        assertThat(faults.next(List.of(address))).isEmpty();
    }
}
