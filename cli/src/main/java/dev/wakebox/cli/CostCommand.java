package dev.wakebox.cli;

import dev.wakebox.cost.CostLine;
import dev.wakebox.cost.LambdaSize;
import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.Prices;
import dev.wakebox.cost.RunCost;
import dev.wakebox.prices.AwsPrices;
import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.SnakeCase;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.pricing.PricingClient;
import software.amazon.awssdk.services.sfn.SfnClient;

@Command(
        name = "cost",
        description = {
            "Estimates what runs cost: instances and volumes of each attempt, Lambda and Step Functions.",
            "The cost of an array is the sum of its runs that have started, which takes some calls for each.",
            "Prices are those of AWS's price list and spot price history, kept for a day, or of a file.",
            "Not in it: public addresses, data transfer, S3, logs, free tiers, discounts, taxes."
        })
final class CostCommand extends StackCommand {
    /** The memory of the functions of a run (Globals of template.yaml). */
    static final int FUNCTION_MEMORY_MB = 512;

    private static final int DIGITS = 6;

    @Parameters(
            paramLabel = "NAME",
            arity = "1..*",
            description = "The names of runs and arrays, or their executions' ARNs.")
    List<String> names = List.of();

    @Option(
            names = "--prices",
            paramLabel = "FILE",
            description = "A JSON file with prices in US dollars (docs/cli.md), instead of AWS's.")
    @Nullable
    String file;

    private @Nullable PriceFile given;

    CostCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() throws IOException {
        given = file == null ? null : PriceFile.read(context.directory().resolve(file));
    }

    @Override
    int run(Target stack) {
        if (given != null) {
            return print(stack, given);
        }
        try (PricingClient priceList =
                        stack.client(PricingClient.builder(), AwsPrices.regionOfPriceList(stack.region()));
                Ec2Client ec2 = stack.client(Ec2Client.builder(), stack.region())) {
            var aws = new Asked(new PriceCache(
                    PriceCache.file(context.environment(), stack.region().id()),
                    new AwsPrices(priceList, ec2, stack.region()),
                    context.clock().instant()));
            int exitCode = print(stack, aws);
            if (aws.failures.isEmpty()) {
                return exitCode;
            }
            if (!asJson) {
                aws.failures.forEach(failure -> out().println("AWS did not tell a price: " + failure));
                out().println(
                                "It takes pricing:GetProducts and ec2:DescribeSpotPriceHistory, or a file with --prices.");
            }
            return COULD_NOT_ASK;
        }
    }

    private int print(Target stack, Prices prices) {
        var functions = new LambdaSize(FUNCTION_MEMORY_MB, stack.parameters().getOrDefault("Architecture", "arm64"));
        BigDecimal total = BigDecimal.ZERO;
        try (SfnClient stepFunctions = stack.stepFunctions()) {
            Runs runs = stack.runs(stepFunctions);
            RunArrays arrays = stack.arrays(stepFunctions);
            for (String name : names) {
                NamedCost named = arrays.orElse(
                        name, () -> NamedCost.ofRun(name, cost(runs, name, functions, prices)), () -> arrays.runs(name)
                                .map(started -> NamedCost.ofArray(
                                        name,
                                        started.stream()
                                                .map(run -> cost(runs, run.execution(), functions, prices))
                                                .toList())));
                total = total.add(named.cost.total());
                if (asJson) {
                    print(named);
                } else {
                    text(named);
                }
            }
        }
        if (names.size() > 1 && !asJson) {
            out().println("All " + names.size() + " runs: about " + rounded(total) + " USD");
        }
        return SUCCEEDED;
    }

    private RunCost cost(Runs runs, String name, LambdaSize functions, Prices prices) {
        return RunCost.of(runs.usage(name, context.clock().instant()), functions, prices);
    }

    private void text(NamedCost named) {
        RunCost cost = named.cost;
        out().println(named.name + named.runs.map(runs -> ", " + runs + " runs").orElse("") + ": about "
                + rounded(cost.total()) + " USD"
                + (cost.complete() ? "" : ", and what is unknown"));
        for (CostLine line : cost.lines()) {
            out().printf(
                            "  %-9s  %-24s  %14s %-16s  %10s%n",
                            line.attempt()
                                    .map(attempt -> "attempt " + (attempt + 1))
                                    .orElse(""),
                            line.item(),
                            line.quantity().stripTrailingZeros().toPlainString(),
                            line.unit(),
                            line.amount().map(CostCommand::rounded).orElse("unknown"));
        }
        cost.lines().stream()
                .filter(line -> !line.note().isEmpty())
                .map(line -> line.item() + ": " + line.note())
                .distinct()
                .forEach(note -> out().println("  " + note));
    }

    private static String rounded(BigDecimal amount) {
        return amount.setScale(DIGITS, RoundingMode.HALF_UP).toPlainString();
    }

    /**
     * The cost of a run or an array as it is printed.
     *
     * @param runs of an array: how many have started
     */
    @SnakeCase
    private record NamedCost(String name, Optional<Integer> runs, RunCost cost) {
        static NamedCost ofRun(String name, RunCost cost) {
            return new NamedCost(name, Optional.empty(), cost);
        }

        static NamedCost ofArray(String name, List<RunCost> runs) {
            return new NamedCost(name, Optional.of(runs.size()), RunCost.sum(runs));
        }
    }

    /** Prices of AWS; a price that can't be asked is unknown, and the reason is kept. */
    private static final class Asked implements Prices {
        private final Prices prices;
        private final Set<String> failures = new LinkedHashSet<>();

        Asked(Prices prices) {
            this.prices = prices;
        }

        @Override
        public Optional<BigDecimal> of(PricedItem item) {
            try {
                return prices.of(item);
            } catch (SdkException e) {
                failures.add(AwsFailure.sentence(e));
                return Optional.empty();
            }
        }
    }
}
