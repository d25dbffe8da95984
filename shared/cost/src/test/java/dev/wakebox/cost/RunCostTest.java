package dev.wakebox.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.cost.InstanceUsage.End;
import dev.wakebox.cost.PricedItem.InstanceHour;
import dev.wakebox.cost.PricedItem.LambdaGbSecond;
import dev.wakebox.cost.PricedItem.LambdaRequest;
import dev.wakebox.cost.PricedItem.SpotInstanceHour;
import dev.wakebox.cost.PricedItem.StateTransition;
import dev.wakebox.cost.PricedItem.VolumeMonth;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCostTest {
    private static final Instant T0 = Instant.parse("2026-11-29T12:00:00Z");
    private static final LambdaSize FUNCTIONS = new LambdaSize(512, "arm64");
    private static final Map<PricedItem, BigDecimal> PRICES = Map.of(
            new InstanceHour("t4g.small"), new BigDecimal("0.0184"),
            new SpotInstanceHour("t4g.small", "eu-west-1a", T0), new BigDecimal("0.0061"),
            new VolumeMonth("gp3"), new BigDecimal("0.088"),
            new LambdaGbSecond("arm64"), new BigDecimal("0.0000133334"),
            new LambdaRequest("arm64"), new BigDecimal("0.0000002"),
            new StateTransition(), new BigDecimal("0.000025"));

    @Test
    void of_whenAllIsKnown_addsTheItems() {
        var usage = new RunUsage(
                List.of(instance(0, true, 7200), instance(1, false, 3600)), 40, 20, Duration.ofSeconds(10));

        RunCost cost = RunCost.of(usage, FUNCTIONS, item -> Optional.ofNullable(PRICES.get(item)));

        assertThat(cost.complete()).isTrue();
        assertThat(cost.currency()).isEqualTo("USD");
        assertThat(cost.lines())
                .extracting(CostLine::item)
                .containsExactly(
                        "t4g.small spot",
                        "8 GiB gp3",
                        "t4g.small on-demand",
                        "8 GiB gp3",
                        "Lambda 512 MB arm64",
                        "Lambda",
                        "Step Functions");
        assertThat(cost.lines())
                .extracting(line -> line.amount().orElseThrow())
                .usingElementComparator(BigDecimal::compareTo)
                .containsExactly(
                        new BigDecimal("0.0122"), // 2 h
                        new BigDecimal("0.001928767"), // 8 GiB for 2 of 730 h
                        new BigDecimal("0.0184"),
                        new BigDecimal("0.000964384"),
                        new BigDecimal("0.000066667"), // 5 GB-seconds
                        new BigDecimal("0.000004"),
                        new BigDecimal("0.001"));
        assertThat(cost.total()).isEqualByComparingTo("0.034563818");
    }

    @Test
    void sum_ofRuns_addsWhatIsTheSameItemAtTheSamePrice() {
        var usage = new RunUsage(
                List.of(instance(0, true, 7200), instance(1, false, 3600)), 40, 20, Duration.ofSeconds(10));
        RunCost known = RunCost.of(usage, FUNCTIONS, item -> Optional.ofNullable(PRICES.get(item)));
        RunCost unknown = RunCost.of(usage, FUNCTIONS, _ -> Optional.empty());

        RunCost twice = RunCost.sum(List.of(known, known));
        RunCost mixed = RunCost.sum(List.of(known, unknown));

        assertThat(twice.total()).isEqualByComparingTo("0.069127636");
        assertThat(twice.complete()).isTrue();
        assertThat(twice.lines()).hasSize(6).allSatisfy(line -> assertThat(line.attempt())
                .isEmpty());
        assertThat(twice.lines().stream()
                        .map(line -> line.amount().orElseThrow())
                        .reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(twice.total());
        assertThat(mixed.total()).isEqualByComparingTo(known.total());
        assertThat(mixed.complete()).isFalse();
        assertThat(RunCost.sum(List.of()).total()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 60", "1000, 60", "60000, 60", "60001, 61", "61000, 61", "-5000, 60"})
    void of_whenAnInstanceIsShort_countsWholeSecondsAndAtLeastAMinute(long millis, long seconds) {
        var usage = new RunUsage(
                List.of(new InstanceUsage(0, "t4g.small", false, "", T0, T0.plusMillis(millis), End.ENDED, List.of())),
                0,
                0,
                Duration.ZERO);

        CostLine line = RunCost.of(usage, FUNCTIONS, _ -> Optional.of(BigDecimal.valueOf(3600)))
                .lines()
                .getFirst();

        assertThat(line.amount().orElseThrow().setScale(3, RoundingMode.HALF_UP))
                .isEqualByComparingTo(BigDecimal.valueOf(seconds));
    }

    @Test
    void of_whenSomethingIsUnknown_saysSoAndAddsTheRest() {
        var usage = new RunUsage(
                List.of(new InstanceUsage(0, "", false, "", T0, T0.plusSeconds(90), End.RUNNING, List.of())),
                2,
                0,
                Duration.ZERO);

        RunCost cost = RunCost.of(usage, FUNCTIONS, item -> Optional.ofNullable(PRICES.get(item)));

        assertThat(cost.complete()).isFalse();
        assertThat(cost.total()).isEqualByComparingTo("0.00005");
        assertThat(cost.lines().get(0).note()).contains("did not record the type");
        assertThat(cost.lines().get(1).note()).contains("when it ends its instance");
        assertThat(RunCost.of(usage, FUNCTIONS, _ -> Optional.empty()).lines().getLast())
                .satisfies(line -> assertThat(line.amount()).isEmpty())
                .satisfies(line -> assertThat(line.note()).isEqualTo("The price is unknown."));
    }

    private static InstanceUsage instance(int attempt, boolean spot, long seconds) {
        return new InstanceUsage(
                attempt,
                "t4g.small",
                spot,
                "eu-west-1a",
                T0,
                T0.plusSeconds(seconds),
                End.ENDED,
                List.of(new VolumeUsage("gp3", 8)));
    }
}
