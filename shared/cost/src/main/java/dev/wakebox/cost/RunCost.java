package dev.wakebox.cost;

import dev.wakebox.cost.PricedItem.InstanceHour;
import dev.wakebox.cost.PricedItem.LambdaGbSecond;
import dev.wakebox.cost.PricedItem.LambdaRequest;
import dev.wakebox.cost.PricedItem.SpotInstanceHour;
import dev.wakebox.cost.PricedItem.StateTransition;
import dev.wakebox.cost.PricedItem.VolumeMonth;
import dev.wakebox.runtime.SnakeCase;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * An estimate of the cost of a run: instances, volumes, Lambda and Step Functions. Public addresses, data transfer, S3 and logs are not
 * part of it, and neither are free tiers, discounts and taxes.
 *
 * @param currency always {@code USD}
 * @param total of the amounts that are known
 * @param complete whether all amounts are known
 */
@SnakeCase
public record RunCost(String currency, BigDecimal total, boolean complete, List<CostLine> lines) {
    private static final int NANO_DOLLARS = 9;
    private static final int QUANTITY_DIGITS = 9;
    private static final long SHORTEST_INSTANCE_S = 60;
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);
    private static final BigDecimal MB_PER_GB = BigDecimal.valueOf(1024);

    /** AWS's price lists are made for months of 730 hours. */
    private static final BigDecimal SECONDS_PER_MONTH = BigDecimal.valueOf(730L * 3600);

    public RunCost {
        lines = List.copyOf(lines);
    }

    /** The cost of what a run used. */
    public static RunCost of(RunUsage usage, LambdaSize functions, Prices prices) {
        var lines = new ArrayList<CostLine>();
        for (InstanceUsage instance : usage.instances()) {
            lines.add(instance(instance, prices));
            lines.addAll(volumes(instance, prices));
        }
        lines.addAll(lambda(usage, functions, prices));
        lines.add(line(
                Optional.empty(),
                "Step Functions",
                BigDecimal.valueOf(usage.stateTransitions()),
                "state transition",
                prices.of(new StateTransition()),
                ""));
        BigDecimal total =
                lines.stream().flatMap(line -> line.amount().stream()).reduce(BigDecimal.ZERO, BigDecimal::add);
        return new RunCost(
                "USD", total, lines.stream().allMatch(line -> line.amount().isPresent()), lines);
    }

    /** The cost of several runs: what has one item, unit and price is one line, without the numbers of attempts. */
    public static RunCost sum(List<RunCost> costs) {
        var sums = new LinkedHashMap<List<Object>, CostLine>();
        for (RunCost cost : costs) {
            for (CostLine line : cost.lines) {
                sums.merge(List.of(line.item(), line.unit(), line.unitPrice(), line.note()), ofAny(line), RunCost::add);
            }
        }
        return new RunCost(
                "USD",
                costs.stream().map(RunCost::total).reduce(BigDecimal.ZERO, BigDecimal::add),
                costs.stream().allMatch(RunCost::complete),
                List.copyOf(sums.values()));
    }

    private static CostLine ofAny(CostLine line) {
        return new CostLine(
                Optional.empty(),
                line.item(),
                line.quantity(),
                line.unit(),
                line.unitPrice(),
                line.amount(),
                line.note());
    }

    private static CostLine add(CostLine one, CostLine other) {
        return new CostLine(
                Optional.empty(),
                one.item(),
                one.quantity().add(other.quantity()),
                one.unit(),
                one.unitPrice(),
                one.amount().flatMap(amount -> other.amount().map(amount::add)),
                one.note());
    }

    private static CostLine instance(InstanceUsage instance, Prices prices) {
        String type = instance.instanceType();
        String note =
                switch (instance.end()) {
                    case ENDED -> "From the launch to the request to end it; EC2's own times differ by seconds.";
                    case LEFT_TO_REAPER -> "Until the run ended; the reaper ended the instance up to minutes later.";
                    case RUNNING -> "Until now; the instance is running.";
                };
        BigDecimal hours = BigDecimal.valueOf(Math.max(seconds(instance), SHORTEST_INSTANCE_S))
                .divide(SECONDS_PER_HOUR, QUANTITY_DIGITS, RoundingMode.HALF_UP);
        if (type.isEmpty()) {
            return line(
                    Optional.of(instance.attempt()),
                    "instance",
                    hours,
                    "hour",
                    Optional.empty(),
                    "The run did not record the type of the instance.");
        }
        return line(
                Optional.of(instance.attempt()),
                type + (instance.spot() ? " spot" : " on-demand"),
                hours,
                "hour",
                prices.of(
                        instance.spot()
                                ? new SpotInstanceHour(type, instance.zone(), instance.from())
                                : new InstanceHour(type)),
                instance.spot() ? note + " At the spot price of the launch, which can change later." : note);
    }

    private static List<CostLine> volumes(InstanceUsage instance, Prices prices) {
        if (instance.volumes().isEmpty()) {
            return List.of(line(
                    Optional.of(instance.attempt()),
                    "volumes",
                    BigDecimal.ZERO,
                    "GiB-month",
                    Optional.empty(),
                    instance.end() == InstanceUsage.End.RUNNING
                            ? "The run records its volumes when it ends its instance."
                            : "The run did not record its volumes."));
        }
        BigDecimal months = BigDecimal.valueOf(seconds(instance)).divide(SECONDS_PER_MONTH, 18, RoundingMode.HALF_UP);
        return instance.volumes().stream()
                .map(volume -> line(
                        Optional.of(instance.attempt()),
                        volume.gib() + " GiB " + volume.type(),
                        months.multiply(BigDecimal.valueOf(volume.gib()))
                                .setScale(QUANTITY_DIGITS, RoundingMode.HALF_UP),
                        "GiB-month",
                        prices.of(new VolumeMonth(volume.type())),
                        "While the instance was running; without provisioned IOPS and throughput."))
                .toList();
    }

    private static List<CostLine> lambda(RunUsage usage, LambdaSize functions, Prices prices) {
        BigDecimal gbSeconds = BigDecimal.valueOf(usage.lambdaTime().toMillis(), 3)
                .multiply(BigDecimal.valueOf(functions.memoryMb()))
                .divide(MB_PER_GB, QUANTITY_DIGITS, RoundingMode.HALF_UP);
        return List.of(
                line(
                        Optional.empty(),
                        "Lambda " + functions.memoryMb() + " MB " + functions.architecture(),
                        gbSeconds,
                        "GB-second",
                        prices.of(new LambdaGbSecond(functions.architecture())),
                        "From the times of the run's states, which are a little longer than what Lambda bills."),
                line(
                        Optional.empty(),
                        "Lambda",
                        BigDecimal.valueOf(usage.invocations()),
                        "request",
                        prices.of(new LambdaRequest(functions.architecture())),
                        ""));
    }

    private static CostLine line(
            Optional<Integer> attempt,
            String item,
            BigDecimal quantity,
            String unit,
            Optional<BigDecimal> price,
            String note) {
        return new CostLine(
                attempt,
                item,
                quantity,
                unit,
                price,
                price.map(each -> each.multiply(quantity).setScale(NANO_DOLLARS, RoundingMode.HALF_UP)),
                price.isEmpty() && note.isEmpty() ? "The price is unknown." : note);
    }

    /** Whole seconds, of which a part counts as one. */
    private static long seconds(InstanceUsage instance) {
        return HourlyPrice.seconds(Duration.between(instance.from(), instance.to()));
    }
}
