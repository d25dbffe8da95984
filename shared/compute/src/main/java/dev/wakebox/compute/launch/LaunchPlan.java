package dev.wakebox.compute.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.RunOptions;
import dev.wakebox.compute.execution.ScheduledEnd;
import dev.wakebox.compute.launch.Candidate.Market;
import dev.wakebox.compute.launch.Candidate.Place;
import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.PricedItem.InstanceHour;
import dev.wakebox.cost.PricedItem.SpotInstanceHour;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Sha256;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The launch requests for one attempt of a run, in the order in which they are tried until one succeeds. Pure: the same
 * execution gives the same requests byte for byte, so that EC2 recognises a repeated request.
 *
 * @param stackTags of everything that a launch of the stack creates
 * @param requireImdsV2 whether instances answer for their metadata only with a session token, unless the execution says
 *     otherwise
 * @param candidates ordered by market, then type, then place: every place is tried before a more expensive market or
 *     another type
 */
public record LaunchPlan(
        Execution execution,
        String stack,
        Map<String, String> stackTags,
        boolean requireImdsV2,
        List<Candidate> candidates) {
    /** Added to the time when the run should be over, before an instance counts as not needed. */
    public static final Duration MARGIN = Duration.ofMinutes(15);

    /** Each combination costs events of the execution's history; see docs/ec2-runs.md. */
    private static final int MOST_CANDIDATES = 40;

    public LaunchPlan {
        requireNonNull(execution, "execution is null");
        requireNonNull(stack, "stack is null");
        stackTags = Map.copyOf(stackTags);
        candidates = List.copyOf(candidates);
    }

    /** The plan for the current attempt of {@code execution}, launched by {@code stack}. */
    public static LaunchPlan of(
            Execution execution, String stack, Map<String, String> stackTags, boolean requireImdsV2) {
        var candidates = new ArrayList<Candidate>();
        for (Market market : markets(execution.options(), execution.run())) {
            for (String type : types(execution)) {
                for (Place place : places(execution)) {
                    candidates.add(new Candidate(market, type, place));
                }
            }
        }
        return new LaunchPlan(execution, stack, stackTags, requireImdsV2, candidates);
    }

    /**
     * Fields of {@code instance_parameters} that EC2 would refuse for their form or that would keep an instance from
     * ending, and an excess of combinations: JSON path and rule.
     */
    public static Map<String, String> problems(Execution execution) {
        Map<String, String> problems = problems(execution.parameters());
        long candidates = (long) markets(execution.options(), execution.run()).size()
                * types(execution).size()
                * places(execution).size();
        if (candidates > MOST_CANDIDATES) {
            problems.put(
                    "$.run_options",
                    "must not give more than " + MOST_CANDIDATES + " combinations of market, instance type and place"
                            + " to try (ii_cheapo, instance_types, subnet_ids, availability_zones), gives "
                            + candidates);
        }
        if (execution.options().maxCost().isPresent()
                && execution.instanceTypes().isEmpty()) {
            problems.put(
                    "$.run_options.max_cost",
                    "needs instance_parameters.InstanceType: the price of a type that only the launch template names is"
                            + " unknown before the launch");
        }
        return problems;
    }

    private static Map<String, String> problems(JsonObject parameters) {
        String at = "$.instance_parameters";
        Map<String, String> problems = RunInstancesJson.problems(at, parameters);
        if (parameters.isTrue("DisableApiTermination")) {
            problems.put(
                    at + ".DisableApiTermination", "must not be true: the instance could not be terminated at the end");
        }
        if (parameters.isTrue("DisableApiStop")) {
            problems.put(at + ".DisableApiStop", "must not be true: the instance could not be stopped at the end");
        }
        if (parameters.isTrue("DryRun")) {
            problems.put(at + ".DryRun", "must not be true; for a dry run set run_options.dry_run");
        }
        JsonObject spot = parameters.object("InstanceMarketOptions").object("SpotOptions");
        if (spot.text("SpotInstanceType").equals("persistent")) {
            problems.put(
                    at + ".InstanceMarketOptions.SpotOptions.SpotInstanceType",
                    "must not be persistent: EC2 would launch again what is terminated at the end");
        }
        return problems;
    }

    /**
     * RunInstances' request for a combination.
     *
     * @param since when that combination became the current one
     * @param readyWithin how long an instance may take from its launch until it is ready
     */
    public JsonObject request(int index, Instant since, Duration readyWithin) {
        Candidate candidate = candidates.get(index);
        RunOptions options = execution.options();
        Run run = execution.run();
        JsonObject request = execution.instanceParameters(Objects.requireNonNullElse(candidate.type(), ""));
        if (candidate.type() == null) {
            request = request.without("InstanceType");
        }
        request = request.with("MinCount", 1).with("MaxCount", 1).with("ClientToken", token(run, index));
        if (request.has("LaunchTemplate")) {
            // Overrides the launch template, whose termination protection would keep the instance from ending.
            request = request.with("DisableApiTermination", false).with("DisableApiStop", false);
        }
        request = inMarket(candidate.market(), request, options);
        request = candidate.place().of(request);
        if (requireImdsV2) {
            request = withImdsV2(request);
        }
        request =
                request.withPresent("UserData", request.optionalText("UserData").map(LaunchPlan::base64));
        ScheduledEnd end = end(index, since, readyWithin);
        var tags = new TagSpecifications(
                common(), RunTags.of(stack, run, end, options.deleteVolume()), isSpot(candidate.market()));
        return request.with("TagSpecifications", tags.of(request));
    }

    /** The tags of everything that a launch creates: those of the run, and the other ones of the stack. */
    private Map<String, String> common() {
        var tags = new TreeMap<>(stackTags);
        tags.putAll(execution.options().tags());
        return tags;
    }

    /** The end of an instance that the request of {@link #request} launches, whatever becomes of its run. */
    public ScheduledEnd end(int index, Instant since, Duration readyWithin) {
        Instant over = execution
                .run()
                .t0()
                .plus(execution.options().timeout())
                .plus(execution.options().keepOnFailure());
        Instant ready = since.plus(readyWithin);
        return new ScheduledEnd(
                (over.isAfter(ready) ? over : ready).plus(MARGIN).truncatedTo(ChronoUnit.SECONDS),
                // EC2 can't stop a one-time spot instance
                execution.options().terminateInstance()
                        || isSpot(candidates.get(index).market()),
                false);
    }

    /** An hour of the instance that a combination launches; empty if only a launch template names its type. */
    public Optional<PricedItem> priced(int index, Instant at) {
        Candidate candidate = candidates.get(index);
        return Optional.ofNullable(candidate.type())
                .map(type -> isSpot(candidate.market())
                        ? new SpotInstanceHour(type, zone(candidate.place()), at)
                        : new InstanceHour(type));
    }

    private String zone(Place place) {
        return switch (place) {
            case Place.Zone zone -> zone.name();
            case Place.Subnet _ -> "";
            case Place.AsGiven _ -> execution.parameters().object("Placement").text("AvailabilityZone");
        };
    }

    /** Whether a combination launches a spot instance. */
    public boolean spot(int index) {
        return isSpot(candidates.get(index).market());
    }

    private boolean isSpot(Market market) {
        return switch (market) {
            case SPOT -> true;
            case ON_DEMAND -> false;
            case AS_GIVEN ->
                execution
                        .parameters()
                        .object("InstanceMarketOptions")
                        .text("MarketType")
                        .equals("spot");
        };
    }

    /** After the first attempt, on-demand only if the loss of a spot instance would end the run. */
    private static List<Market> markets(RunOptions options, Run run) {
        if (!options.cheapo()) {
            return List.of(Market.AS_GIVEN);
        }
        boolean isLast = options.interruptionsAllowed()
                .map(allowed -> run.interruptions() >= allowed)
                .orElse(run.attempt() >= options.retriesAllowed());
        return run.attempt() > 0 && isLast ? List.of(Market.ON_DEMAND) : List.of(Market.SPOT, Market.ON_DEMAND);
    }

    private static List<@Nullable String> types(Execution execution) {
        var types = new ArrayList<@Nullable String>(execution.instanceTypes());
        if (types.isEmpty()) {
            types.add(null);
        }
        return types;
    }

    private static List<Place> places(Execution execution) {
        JsonObject parameters = execution.parameters();
        JsonObject placement = parameters.object("Placement");
        boolean inSubnet =
                parameters.has("SubnetId") || Place.primaryInterface(parameters).has("SubnetId");
        boolean inZone = placement.has("AvailabilityZone") || placement.has("AvailabilityZoneId");
        var places = new ArrayList<Place>();
        if (inSubnet || inZone) {
            places.add(new Place.AsGiven());
        }
        execution.options().subnetIds().stream()
                .filter(id -> !id.equals(parameters.get("SubnetId")))
                .forEach(id -> places.add(new Place.Subnet(id)));
        if (!inSubnet && execution.options().subnetIds().isEmpty()) {
            execution.options().availabilityZones().stream()
                    .filter(zone -> !zone.equals(placement.get("AvailabilityZone")))
                    .forEach(zone -> places.add(new Place.Zone(zone)));
        }
        return places.isEmpty() ? List.of(new Place.AsGiven()) : places;
    }

    private static JsonObject inMarket(Market market, JsonObject request, RunOptions options) {
        return switch (market) {
            case AS_GIVEN -> request;
            case ON_DEMAND -> request.without("InstanceMarketOptions");
            case SPOT -> {
                JsonObject spot = request.object("InstanceMarketOptions")
                        .object("SpotOptions")
                        .with("SpotInstanceType", "one-time")
                        .with("InstanceInterruptionBehavior", "terminate")
                        .withPresent("MaxPrice", options.maxPrice().map(BigDecimal::toPlainString));
                yield request.with("InstanceMarketOptions", Map.of("MarketType", "spot", "SpotOptions", spot));
            }
        };
    }

    private static JsonObject withImdsV2(JsonObject request) {
        JsonObject given = request.object("MetadataOptions");
        return given.has("HttpTokens") || given.text("HttpEndpoint").equals("disabled")
                ? request
                : request.with("MetadataOptions", given.with("HttpTokens", "required"));
    }

    private static String token(Run run, int index) {
        return Sha256.hex(run.id() + "\n" + run.attempt() + "\n" + index);
    }

    /** RunInstances requires base64, but users of boto3 write plain text: encodes a text that isn't base64. */
    private static String base64(String userData) {
        try {
            Base64.getMimeDecoder().decode(userData.getBytes(UTF_8));
            Base64.getDecoder().decode(userData.replaceAll("\\s", ""));
            return userData;
        } catch (IllegalArgumentException e) {
            return Base64.getEncoder().encodeToString(userData.getBytes(UTF_8));
        }
    }
}
