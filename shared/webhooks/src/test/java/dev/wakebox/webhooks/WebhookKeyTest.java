package dev.wakebox.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.WakeboxException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors are those of the specification's reference libraries. */
class WebhookKeyTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final String TIMESTAMP = "1614265330";
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private final WebhookKey key = WebhookKey.lines(SECRET).getFirst();

    @Test
    void sign_whenTheVectorOfTheSpecification_isItsSignature() {
        assertThat(key.sign(ID, TIMESTAMP, BODY)).isEqualTo(SIGNATURE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SIGNATURE,
                "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= "
                        + SIGNATURE,
                SIGNATURE
                        + "  v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
            })
    void verifies_whenOneOfTheSignaturesIsTheKeys_isTrue(String signatures) {
        assertThat(key.verifies(signatures, ID, TIMESTAMP, BODY)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v1",
                "v1,",
                "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=,"
            })
    void verifies_whenNoneIs_isFalse(String signatures) {
        assertThat(key.verifies(signatures, ID, TIMESTAMP, BODY)).isFalse();
    }

    @Test
    void verifies_whenAnotherIdTimeOrBodyWasSigned_isFalse() {
        assertThat(key.verifies(SIGNATURE, "msg_other", TIMESTAMP, BODY)).isFalse();
        assertThat(key.verifies(SIGNATURE, ID, "1614265331", BODY)).isFalse();
        assertThat(key.verifies(SIGNATURE, ID, TIMESTAMP, new byte[0])).isFalse();
    }

    @Test
    void lines_whenOtherKeysStandBetween_areThoseWithThePrefix() {
        assertThat(WebhookKey.lines("old-key\n\n  " + SECRET + "  \nwhsec_c2Vjb25k"))
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"whsec_", "whsec_not base64", "whsec_a"})
    void lines_whenAKeyIsNoBase64_throwsWithoutShowingIt(String line) {
        assertThatThrownBy(() -> WebhookKey.lines(line))
                .isInstanceOf(WakeboxException.class)
                .hasMessage("A key of the webhooks is not \"whsec_\" and base64; correct its line.");
    }
}
