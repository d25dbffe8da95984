package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AttemptCostsTest {
    private static final Instant LAUNCHED = Instant.parse("2026-03-02T06:00:00Z");

    @Test
    void withAttempt_addsItToTheEarlierOnesAndReplacesItself() {
        RunState first = state(0, "{\"instance\": 3.2, \"volumes\": 0.4}");
        AttemptCosts one = AttemptCosts.NONE.withAttempt(first, LAUNCHED.plusSeconds(50));
        one = one.withAttempt(first, LAUNCHED.plusSeconds(100));
        RunState second = state(1, "{\"instance\": 3.6}").withCost(one);
        AttemptCosts two = second.cost().orElseThrow().withAttempt(second, LAUNCHED.plusSeconds(10));

        assertThat(Json.string(one.toJson()))
                .isEqualTo(
                        "{\"usd\":0.100000000,\"complete\":true,\"text\":\"It cost about 0.100000 USD.\",\"attempts\":["
                                + "{\"attempt\":0,\"seconds\":100,\"usd_per_hour\":{\"instance\":3.2,\"volumes\":0.4},\"usd\":0.100000000}]}");
        assertThat(Json.string(two.toJson()))
                .startsWith("{\"usd\":0.160000000,\"complete\":false,"
                        + "\"text\":\"It cost at least 0.160000 USD: not every price is known.\"")
                .contains("{\"attempt\":1,\"seconds\":10,\"usd_per_hour\":{\"instance\":3.6},\"usd\":0.060000000}");
        assertThat(two.of(1)).isPresent();
        assertThat(two.of(2)).isEmpty();
        assertThat(second.withCost(two).cost()).contains(two);
    }

    @Test
    void withAttempt_whenNothingAsksForTheCost_isAsBefore() {
        var state = new RunState(json("""
                {"attempt": 0, "launch": {"attempt": 0, "launched_at": "2026-03-02T06:00:00Z"}}"""));

        assertThat(AttemptCosts.NONE.withAttempt(state, LAUNCHED.plusSeconds(10)))
                .isEqualTo(AttemptCosts.NONE);
    }

    private static RunState state(int attempt, String price) {
        return new RunState(json("""
                {"attempt": %1$d, "launch": {"attempt": %1$d, "launched_at": "%2$s", "usd_per_hour": %3$s}}""".formatted(attempt, LAUNCHED, price)));
    }

    private static JsonObject json(String text) {
        return Json.object(text.getBytes(StandardCharsets.UTF_8));
    }
}
