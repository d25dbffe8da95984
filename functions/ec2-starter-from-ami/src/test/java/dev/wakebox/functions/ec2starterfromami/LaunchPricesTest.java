package dev.wakebox.functions.ec2starterfromami;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.compute.execution.Documents;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.InMemoryAgents;
import dev.wakebox.compute.launch.InMemoryRunResources;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.compute.launch.LaunchPlan;
import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.PricedItem.InstanceHour;
import dev.wakebox.cost.PricedItem.SpotInstanceHour;
import dev.wakebox.cost.PricedItem.VolumeMonth;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The price of a launch, and the limit that {@code max_cost} makes of it. */
class LaunchPricesTest {
    private static final Instant T0 = Instant.parse(Documents.STARTED_AT);

    private Instant now = T0;
    private final InMemoryRunResources resources = new InMemoryRunResources();
    private final InMemoryAgents agents = new InMemoryAgents();
    private final List<PricedItem> asked = new ArrayList<>();

    /** 8 GiB for 0.365 USD a month are 0.004 USD an hour. */
    private final Map<PricedItem, BigDecimal> prices = new HashMap<>(Map.of(
            new InstanceHour("t4g.large"), new BigDecimal("3.596"),
            new InstanceHour("t4g.small"), new BigDecimal("1.796"),
            new SpotInstanceHour("t4g.large", "", T0), new BigDecimal("0.8"),
            new VolumeMonth("gp3"), new BigDecimal("0.365")));

    private @Nullable ErrorCode failing;

    @Test
    void step_withMaxCost_recordsThePriceAndEndsEarlierInAnyCase() {
        InstanceLauncher starter = starter(false);
        RunDocument launched = starter.step(document("{\"timeout_s\": 86400, \"max_cost\": 3.596}"));

        assertThat(launched.at("run", "launch", "usd_per_hour")).isEqualTo(Map.of("instance", new BigDecimal("3.596")));
        // an hour, less ten seconds for the end, and the fifteen minutes of every instance's end
        assertThat(launched.text("run", "launch", "end", "at"))
                .contains(T0.plusSeconds(3590 + 900).toString());

        resources.advance();
        RunDocument running = starter.step(launched);
        assertThat(running.at("run", "launch", "usd_per_hour"))
                .isEqualTo(Map.of("instance", new BigDecimal("1.796"), "volumes", new BigDecimal("0.004000000")));
        agents.setOnline("i-1");
        RunDocument ready = starter.step(running);

        assertThat(ready.at("run", "ready")).isEqualTo(true);
        assertThat(ready.at("run", "launch", "usd_per_hour")).isEqualTo(running.at("run", "launch", "usd_per_hour"));
        assertThat(asked)
                .containsExactly(new InstanceHour("t4g.large"), new InstanceHour("t4g.small"), new VolumeMonth("gp3"));
    }

    @Test
    void step_withMaxCost_asksTheSameOfEc2() {
        var plain = new InMemoryRunResources();
        starter(false).step(document("{}"));
        starter(plain, false).step(document("{\"max_cost\": 1}"));

        assertThat(plain.requests()).isEqualTo(resources.requests());
    }

    @Test
    void step_whenTheAttemptsSpentIt_launchesNothingAndIsCostLimit() {
        RunDocument second = document("{\"max_cost\": 0.5, \"n_retries_allowed\": 3}")
                .with(1, "run", "attempt")
                .with(Map.of("attempts", List.of(Map.of("attempt", 0, "usd", 0.495))), "run", "cost");

        RunDocument after = starter(false).step(second);

        assertThat(after.text("failure", "outcome")).contains("COST_LIMIT");
        assertThat(after.text("failure", "cause"))
                .contains("max_cost (0.5 USD) leaves too little for t4g.large, which was not launched.");
        assertThat(resources.requests()).isEmpty();
    }

    @Test
    void step_whenTheCostIsUsedUpBeforeItIsReady_endsItAsCostLimit() {
        InstanceLauncher starter = starter(false);
        RunDocument launched = starter.step(document("{\"max_cost\": 0.3596}")); // 360 s
        now = now.plusSeconds(349);
        launched = starter.step(launched);
        assertThat(launched.at("failure")).isNull();
        now = now.plusSeconds(1);

        RunDocument after = starter.step(launched);

        assertThat(after.text("failure", "outcome")).contains("COST_LIMIT");
        assertThat(after.text("failure", "cause").orElseThrow())
                .contains("before max_cost (0.3596 USD) was used up. It was terminated.");
        assertThat(resources.up()).isEmpty();
    }

    @Test
    void step_whenSpotIsTried_asksForItsPrice() {
        starter(true).step(document("{\"ii_cheapo\": true}"));

        assertThat(asked).containsExactly(new SpotInstanceHour("t4g.large", "", T0));
    }

    @Test
    void step_whenThePriceIsUnknown_refusesMaxCostBeforeTheLaunch() {
        prices.clear();

        RunDocument after = starter(false).step(document("{\"max_cost\": 1}"));

        assertThat(after.text("failure", "outcome")).contains("LAUNCH_FAILED");
        assertThat(after.at("failure", "permanent")).isEqualTo(true);
        assertThat(after.text("failure", "cause").orElseThrow())
                .contains("AWS names no price of t4g.large in this region", "run_options.max_cost");
        assertThat(resources.requests()).isEmpty();
    }

    @Test
    void step_whenThePriceMayNotBeAsked_refusesMaxCostBeforeTheLaunch() {
        failing = ErrorCode.INTERNAL;

        RunDocument after = starter(false).step(document("{\"max_cost\": 1}"));

        assertThat(after.text("failure", "outcome")).contains("LAUNCH_FAILED");
        assertThat(after.text("failure", "cause").orElseThrow()).contains("No price.", "run_options.max_cost needs it");
        assertThat(resources.requests()).isEmpty();
    }

    @Test
    void step_whenThePriceCannotBeAskedNow_isTriedAgainByStepFunctions() {
        failing = ErrorCode.UNAVAILABLE;

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> starter(false).step(document("{\"max_cost\": 1}")))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(resources.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INTERNAL", "UNAVAILABLE"})
    void step_whenOnlyTheStackWantsTheCost_launchesWithoutAPrice(String code) {
        failing = ErrorCode.valueOf(code);
        InstanceLauncher starter = starter(true);
        RunDocument launched = starter.step(document("{}"));
        resources.advance();
        agents.setOnline("i-1");

        RunDocument ready = starter.step(launched);

        assertThat(ready.at("run", "ready")).isEqualTo(true);
        assertThat(ready.at("run", "launch", "usd_per_hour")).isEqualTo(Map.of());
    }

    private InstanceLauncher starter(boolean ofEveryRun) {
        return starter(resources, ofEveryRun);
    }

    private InstanceLauncher starter(InMemoryRunResources of, boolean ofEveryRun) {
        return new InstanceLauncher(
                of,
                agents,
                new LaunchPrices(this::price, of, ofEveryRun),
                execution -> LaunchPlan.of(execution, "wakebox", Map.of(), false),
                "us-east-1",
                new LaunchCheck(Set.of("*")),
                ((InstantSource) () -> now).withZone(ZoneOffset.UTC),
                new LaunchLimits(Duration.ofMinutes(10), Duration.ofMinutes(10)));
    }

    private Optional<BigDecimal> price(PricedItem item) {
        if (failing != null) {
            throw new WakeboxException(failing, "No price.");
        }
        asked.add(item);
        return Optional.ofNullable(prices.get(item));
    }

    private static RunDocument document(String options) {
        return Documents.started(Json.object("""
                {"commands": ["true"], "run_options": %s,
                 "instance_parameters": {"ImageId": "ami-1", "InstanceType": "t4g.large",
                   "IamInstanceProfile": {"Name": "p"}}}""".formatted(options).getBytes(StandardCharsets.UTF_8)));
    }
}
