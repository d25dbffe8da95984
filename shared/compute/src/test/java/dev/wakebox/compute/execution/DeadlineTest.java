package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadlineTest {
    private static final Instant T0 = Instant.parse(Documents.STARTED_AT);
    private static final Instant LAUNCHED = T0.plusSeconds(20);

    private static final String LAUNCH = """
            {"attempt": 1, "launched_at": "%s", "usd_per_hour": {"instance": 3.2, "volumes": 0.4}}""".formatted(LAUNCHED);

    private static final String SPENT = """
            {"attempts": [{"attempt": 0, "seconds": 100, "usd": 0.1}, {"attempt": 1, "seconds": 7, "usd": 0.9}]}""";

    /** 3.6 USD an hour are 0.001 USD a second, and the first attempt cost 0.1 USD; ten seconds are for the end. */
    @ParameterizedTest
    @CsvSource({
        "0.11, 0",
        "0.1, 0",
        "0.05, 0",
        "0.111, 1",
        "0.2, 90",
        "0.7, 590",
        "0.709, 599",
    })
    void of_whenTheCostComesFirst_isWhenItIsUsedUp(String maxCost, long seconds) {
        Deadline deadline = deadline("{\"timeout_s\": 620, \"max_cost\": " + maxCost + "}", LAUNCH, SPENT);

        assertThat(deadline)
                .isEqualTo(new Deadline(
                        LAUNCHED.plusSeconds(seconds),
                        RunOutcome.COST_LIMIT,
                        "max_cost (" + maxCost + " USD) was used up"));
        assertThat(deadline.isOver(LAUNCHED.plusSeconds(seconds).minusNanos(1))).isFalse();
        assertThat(deadline.isOver(LAUNCHED.plusSeconds(seconds))).isTrue();
    }

    @Test
    void of_whenTheTimeComesFirst_isTheEndOfTheTimeout() {
        var timeout = new Deadline(T0.plusSeconds(620), RunOutcome.TIMED_OUT, "timeout_s (620 s since t0) was over");

        assertThat(deadline("{\"timeout_s\": 620, \"max_cost\": 0.71}", LAUNCH, SPENT))
                .isEqualTo(timeout);
        assertThat(deadline("{\"timeout_s\": 620}", LAUNCH, SPENT)).isEqualTo(timeout);
        assertThat(deadline("{\"timeout_s\": 620, \"max_cost\": 0.2}", "{}", SPENT))
                .isEqualTo(timeout);
        assertThat(deadline("{\"timeout_s\": 620, \"max_cost\": 0.2}", LAUNCH.replace(": 1", ": 0"), SPENT))
                .as("of an earlier attempt's launch")
                .isEqualTo(timeout);
    }

    private static Deadline deadline(String options, String launch, String cost) {
        RunDocument document = Documents.started(
                        Json.object("""
                {"commands": ["true"], "run_options": %s, "instance_parameters": {"ImageId": "ami-1",
                  "InstanceType": "t4g.large", "IamInstanceProfile": {"Name": "p"}}}""".formatted(options).getBytes(StandardCharsets.UTF_8)))
                .with(1, "run", "attempt")
                .with(Json.object(launch.getBytes(StandardCharsets.UTF_8)), "run", "launch")
                .with(Json.object(cost.getBytes(StandardCharsets.UTF_8)), "run", "cost");
        return Deadline.of(Execution.of(document), document.state());
    }
}
