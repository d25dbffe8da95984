package dev.wakebox.compute.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.RunOptions;
import dev.wakebox.compute.launch.Candidate.Market;
import dev.wakebox.compute.launch.Candidate.Place;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What to ask of EC2 for one attempt of a run, in order, until an instance is had. Pure: the same execution gives the
 * same requests, byte for byte, so that EC2 takes a repeated one for what it is.
 *
 * @param candidates markets first, then types, then places: every place is tried before a dearer market or another type
 */
public record LaunchPlan(Execution execution, String stack, List<Candidate> candidates) {
    /** From when an instance should be ready and its run over, until nobody can need it any more. */
    private static final Duration MARGIN = Duration.ofMinutes(15);

    /** Each costs events of the execution's history; see docs/ec2-runs.md. */
    private static final int MOST_CANDIDATES = 40;

    public LaunchPlan {
        requireNonNull(execution, "execution is null");
        requireNonNull(stack, "stack is null");
        candidates = List.copyOf(candidates);
    }

    /** The plan for the attempt that {@code execution} is at, launched by {@code stack}. */
    public static LaunchPlan of(Execution execution, String stack) {
        var candidates = new ArrayList<Candidate>();
        for (Market market : markets(execution.options(), execution.run())) {
            for (String type : types(execution)) {
                for (Place place : places(execution)) {
                    candidates.add(new Candidate(market, type, place));
                }
            }
        }
        return new LaunchPlan(execution, stack, candidates);
    }

    /**
     * What in {@code instance_parameters} EC2 would refuse for its form, or would keep an instance from ending, and too
     * many candidates: JSON path and rule.
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
        return problems;
    }

    private static Map<String, String> problems(Map<?, ?> parameters) {
        String at = "$.instance_parameters";
        Map<String, String> problems = RunInstancesJson.problems(at, parameters);
        if (Boolean.TRUE.equals(parameters.get("DisableApiTermination"))) {
            problems.put(
                    at + ".DisableApiTermination", "must not be true: the instance could not be terminated at the end");
        }
        if (Boolean.TRUE.equals(parameters.get("DisableApiStop"))) {
            problems.put(at + ".DisableApiStop", "must not be true: the instance could not be stopped at the end");
        }
        if (Boolean.TRUE.equals(parameters.get("DryRun"))) {
            problems.put(at + ".DryRun", "must not be true; for a dry run set run_options.dry_run");
        }
        var spot = object(object(parameters.get("InstanceMarketOptions")).get("SpotOptions"));
        if ("persistent".equals(spot.get("SpotInstanceType"))) {
            problems.put(
                    at + ".InstanceMarketOptions.SpotOptions.SpotInstanceType",
                    "must not be persistent: EC2 would launch again what is terminated at the end");
        }
        return problems;
    }

    /**
     * RunInstances' request for a candidate.
     *
     * @param since when that candidate's turn came
     * @param readyWithin how long an instance may take from its launch until it is ready
     */
    public Map<String, @Nullable Object> request(int index, Instant since, Duration readyWithin) {
        Candidate candidate = candidates.get(index);
        RunOptions options = execution.options();
        Run run = execution.run();
        Map<String, @Nullable Object> request =
                execution.instanceParameters(Objects.requireNonNullElse(candidate.type(), ""));
        if (candidate.type() == null) {
            request.remove("InstanceType");
        }
        request.put("MinCount", 1);
        request.put("MaxCount", 1);
        request.put("ClientToken", token(run, index));
        if (request.get("LaunchTemplate") != null) {
            // Or the template's protection would keep the instance from ending.
            request.put("DisableApiTermination", false);
            request.put("DisableApiStop", false);
        }
        market(candidate.market(), request, options);
        place(candidate.place(), request);
        if (request.get("UserData") instanceof String userData) {
            request.put("UserData", base64(userData));
        }
        Instant over = run.t0().plus(options.timeout());
        Instant ready = since.plus(readyWithin);
        boolean spot =
                "spot".equals(object(request.get("InstanceMarketOptions")).get("MarketType"));
        var tags = RunTags.of(
                stack,
                run,
                (over.isAfter(ready) ? over : ready).plus(MARGIN),
                // EC2 can't stop a one-time spot instance.
                options.terminateInstance() || spot,
                options.deleteVolume());
        request.put("TagSpecifications", tagged(request.get("TagSpecifications"), tags));
        return request;
    }

    /** On-demand alone on the last of several attempts: the one before may have lost its spot instance. */
    private static List<Market> markets(RunOptions options, Run run) {
        if (!options.cheapo()) {
            return List.of(Market.AS_GIVEN);
        }
        boolean lastRetry = run.attempt() > 0 && run.attempt() >= options.retriesAllowed();
        return lastRetry ? List.of(Market.ON_DEMAND) : List.of(Market.SPOT, Market.ON_DEMAND);
    }

    private static List<@Nullable String> types(Execution execution) {
        var types = new ArrayList<@Nullable String>(execution.instanceTypes());
        if (types.isEmpty()) {
            types.add(null);
        }
        return types;
    }

    private static List<Place> places(Execution execution) {
        Map<String, @Nullable Object> parameters = execution.parameters();
        Map<?, ?> placement = object(parameters.get("Placement"));
        boolean inSubnet = parameters.get("SubnetId") != null
                || primaryInterface(parameters).get("SubnetId") != null;
        boolean inZone = placement.get("AvailabilityZone") != null || placement.get("AvailabilityZoneId") != null;
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

    private static void market(Market market, Map<String, @Nullable Object> request, RunOptions options) {
        switch (market) {
            case AS_GIVEN -> {}
            case ON_DEMAND -> request.remove("InstanceMarketOptions");
            case SPOT -> {
                var spot = copy(object(request.get("InstanceMarketOptions")).get("SpotOptions"));
                spot.put("SpotInstanceType", "one-time");
                spot.put("InstanceInterruptionBehavior", "terminate");
                options.maxPrice().map(BigDecimal::toPlainString).ifPresent(price -> spot.put("MaxPrice", price));
                request.put("InstanceMarketOptions", Map.of("MarketType", "spot", "SpotOptions", spot));
            }
        }
    }

    private static void place(Place place, Map<String, @Nullable Object> request) {
        switch (place) {
            case Place.AsGiven given -> {}
            case Place.Subnet subnet -> {
                if (request.get("NetworkInterfaces") instanceof List<?> interfaces && !interfaces.isEmpty()) {
                    // With interfaces EC2 takes the subnet from the first alone.
                    var others = new ArrayList<@Nullable Object>(interfaces);
                    var primary = copy(primaryInterface(request));
                    others.remove(primaryInterface(request));
                    primary.put("SubnetId", subnet.id());
                    others.addFirst(primary);
                    request.put("NetworkInterfaces", others);
                } else {
                    request.put("SubnetId", subnet.id());
                }
                var placement = copy(request.remove("Placement"));
                placement.keySet().removeAll(List.of("AvailabilityZone", "AvailabilityZoneId"));
                if (!placement.isEmpty()) {
                    request.put("Placement", placement);
                }
            }
            case Place.Zone zone -> {
                var placement = copy(request.get("Placement"));
                placement.remove("AvailabilityZoneId");
                placement.put("AvailabilityZone", zone.name());
                request.put("Placement", placement);
            }
        }
    }

    private static Map<?, ?> primaryInterface(Map<String, @Nullable Object> parameters) {
        if (!(parameters.get("NetworkInterfaces") instanceof List<?> interfaces)) {
            return Map.of();
        }
        return interfaces.stream()
                .<Map<?, ?>>map(LaunchPlan::object)
                .filter(one -> Integer.valueOf(0).equals(one.get("DeviceIndex")))
                .findFirst()
                .orElseGet(() -> interfaces.isEmpty() ? Map.of() : object(interfaces.getFirst()));
    }

    /** The tags that the user wants, on what he wants them, and ours on the instance and its volumes. */
    private static List<Map<String, @Nullable Object>> tagged(@Nullable Object given, Map<String, String> ours) {
        var tagsOfTypes = new LinkedHashMap<String, Map<String, @Nullable Object>>();
        if (given instanceof List<?> specifications) {
            for (Object specification : specifications) {
                Map<?, ?> one = object(specification);
                var tags = tagsOfTypes.computeIfAbsent(
                        String.valueOf(one.get("ResourceType")), type -> new LinkedHashMap<>());
                if (one.get("Tags") instanceof List<?> list) {
                    list.stream()
                            .<Map<?, ?>>map(LaunchPlan::object)
                            .forEach(tag -> tags.put(String.valueOf(tag.get("Key")), tag.get("Value")));
                }
            }
        }
        tagsOfTypes.computeIfAbsent("instance", type -> new LinkedHashMap<>()).putAll(ours);
        var volumeTags = tagsOfTypes.computeIfAbsent("volume", type -> new LinkedHashMap<>());
        ours.forEach((key, value) -> {
            if (!key.equals(RunTags.END) && !key.equals(RunTags.DELETE_VOLUME)) {
                volumeTags.put(key, value);
            }
        });
        return tagsOfTypes.entrySet().stream()
                .map(entry -> specification(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Map<String, @Nullable Object> specification(String type, Map<String, @Nullable Object> tags) {
        var list = new ArrayList<Map<String, @Nullable Object>>();
        tags.forEach((key, value) -> {
            var tag = new LinkedHashMap<String, @Nullable Object>();
            tag.put("Key", key);
            tag.put("Value", value == null ? "" : value);
            list.add(tag);
        });
        var specification = new LinkedHashMap<String, @Nullable Object>();
        specification.put("ResourceType", type);
        specification.put("Tags", list);
        return specification;
    }

    private static String token(Run run, int index) {
        try {
            byte[] what = (run.id() + "\n" + run.attempt() + "\n" + index).getBytes(UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(what));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** RunInstances wants base64, boto3's users write plain text: what isn't base64 yet is made so. */
    private static String base64(String userData) {
        try {
            Base64.getMimeDecoder().decode(userData.getBytes(UTF_8));
            Base64.getDecoder().decode(userData.replaceAll("\\s", ""));
            return userData;
        } catch (IllegalArgumentException e) {
            return Base64.getEncoder().encodeToString(userData.getBytes(UTF_8));
        }
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Map<String, @Nullable Object> copy(@Nullable Object value) {
        var copy = new LinkedHashMap<String, @Nullable Object>();
        object(value).forEach((key, entry) -> copy.put((String) key, entry));
        return copy;
    }
}
