package dev.wakebox.functions.ec2starterfromami;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.LaunchProgress;
import dev.wakebox.compute.execution.Purchase;
import dev.wakebox.compute.launch.LaunchPlan;
import dev.wakebox.compute.launch.RunResources;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.cost.HourlyPrice;
import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.PricedItem.InstanceHour;
import dev.wakebox.cost.PricedItem.SpotInstanceHour;
import dev.wakebox.cost.Prices;
import dev.wakebox.cost.VolumeUsage;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up the price of the instance of a run, if the run has a {@code max_cost} or the stack wants the cost of every run. Without a
 * {@code max_cost}, a price that can't be looked up is unknown; with one, the exception says so. Thread-safe.
 */
final class LaunchPrices {
    private static final Logger log = LoggerFactory.getLogger(LaunchPrices.class);

    private final Prices prices;
    private final RunResources resources;
    private final boolean ofEveryRun;

    LaunchPrices(Prices prices, RunResources resources, boolean ofEveryRun) {
        this.prices = requireNonNull(prices, "prices is null");
        this.resources = requireNonNull(resources, "resources is null");
        this.ofEveryRun = ofEveryRun;
    }

    /** The price of a combination before its launch, without volumes; empty if nothing asks for it. */
    Optional<HourlyPrice> beforeLaunch(LaunchPlan plan, int candidate, Instant now) {
        Execution execution = plan.execution();
        if (!ofEveryRun && execution.options().maxCost().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new HourlyPrice(
                lookedUp(execution, plan.candidates().get(candidate).toString(), () -> plan.priced(candidate, now)
                        .flatMap(prices::of)),
                Optional.empty()));
    }

    /** With the price of the volumes, and of the zone in which EC2 placed a spot instance, as soon as EC2 shows the volumes. */
    LaunchProgress running(LaunchPlan plan, LaunchProgress progress) {
        Optional<HourlyPrice> soFar =
                progress.price().filter(price -> price.volumes().isEmpty());
        if (soFar.isEmpty()) {
            return progress;
        }
        Execution execution = plan.execution();
        List<VolumeUsage> volumes = volumes(execution);
        if (volumes.isEmpty()) {
            return progress;
        }
        Optional<BigDecimal> instance = progress.purchase()
                .map(purchase -> item(
                        purchase, progress.launchedAt().orElse(execution.run().t0())))
                .map(item -> lookedUp(execution, "the instance", () -> prices.of(item)))
                .orElse(soFar.get().instance());
        return progress.priced(new HourlyPrice(
                instance, lookedUp(execution, "the volumes", () -> HourlyPrice.ofVolumes(volumes, prices))));
    }

    private List<VolumeUsage> volumes(Execution execution) {
        try {
            return resources.volumesTagged(RunTags.EXECUTION, execution.run().id()).stream()
                    .filter(volume ->
                            RunTags.attempt(volume.tags()) == execution.run().attempt())
                    .map(volume ->
                            new VolumeUsage(volume.size().type(), volume.size().gib()))
                    .toList();
        } catch (WakeboxException e) {
            if (execution.options().maxCost().isPresent()) {
                throw e;
            }
            log.warn(
                    "{}: {} The cost of the volumes stays unknown.",
                    execution.run().id(),
                    e.getMessage());
            return List.of();
        }
    }

    private static PricedItem item(Purchase purchase, Instant at) {
        return purchase.spot()
                ? new SpotInstanceHour(purchase.instanceType(), purchase.zone(), at)
                : new InstanceHour(purchase.instanceType());
    }

    private static Optional<BigDecimal> lookedUp(
            Execution execution, String what, Supplier<Optional<BigDecimal>> lookUp) {
        boolean needed = execution.options().maxCost().isPresent();
        Optional<BigDecimal> price;
        try {
            price = lookUp.get();
        } catch (WakeboxException e) {
            if (needed) {
                throw new WakeboxException(
                        e.code(), e.getMessage() + " run_options.max_cost needs it; without it the run can start.", e);
            }
            log.warn("{}: {} The cost stays unknown.", execution.run().id(), e.getMessage());
            return Optional.empty();
        }
        if (needed && price.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "AWS names no price of " + what
                            + " in this region. run_options.max_cost needs it; without it the run can start.");
        }
        return price;
    }
}
