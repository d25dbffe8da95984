package dev.wakebox.local.ec2;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.DescribeSpotPriceHistoryRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSpotPriceHistoryResponse;
import software.amazon.awssdk.services.ec2.model.SpotPrice;

/**
 * The prices of a JSON file, whose format docs/cli.md describes, as answers of the Price List API and of EC2's history of spot prices. The
 * file is read at each request. Thread-safe.
 */
record LocalPrices(LocalCompute.Config config, Clock clock) {
    private static final String GET_PRODUCTS = "AWSPriceListService.GetProducts";

    /** JSON 1.1 of the Price List API: at most one product, with one tier. */
    LocalCompute.Answer products(String target, byte[] json) {
        if (!target.equals(GET_PRODUCTS)) {
            return json(
                    400, Map.of("__type", "UnknownOperationException", "message", "There is only GetProducts here."));
        }
        JsonObject request = Json.object(json);
        var attributes = new HashMap<String, String>();
        request.objects("Filters").forEach(filter -> attributes.put(filter.text("Field"), filter.text("Value")));
        List<String> found = config.region().equals(attributes.get("regionCode"))
                ? usd(request.text("ServiceCode"), attributes).stream()
                        .map(price -> product(request.text("ServiceCode"), price))
                        .toList()
                : List.of();
        return json(200, Map.of("FormatVersion", "aws_v1", "PriceList", found));
    }

    private Optional<String> usd(String service, Map<String, String> attributes) {
        JsonObject prices = read();
        String type = attributes.getOrDefault("instanceType", "");
        String volume = attributes.getOrDefault("volumeApiName", "");
        String group = attributes.getOrDefault("group", "");
        String architecture = group.endsWith("-ARM") ? "arm64" : "x86_64";
        return switch (service) {
            case "AmazonEC2" ->
                type.isEmpty() ? usd(prices, "volume_gib_month", volume) : usd(prices, "instance_hour", type);
            case "AWSLambda" ->
                usd(prices, group.contains("Duration") ? "lambda_gb_second" : "lambda_request", architecture);
            case "AmazonStates" ->
                Optional.of("state_transition").filter(prices::has).map(prices::asText);
            default -> Optional.empty();
        };
    }

    private static Optional<String> usd(JsonObject prices, String field, String name) {
        JsonObject named = prices.object(field);
        return named.has(name) ? Optional.of(named.asText(name)) : Optional.empty();
    }

    private static String product(String service, String usd) {
        var tier = Map.of("beginRange", "0", "endRange", "Inf", "pricePerUnit", Map.of("USD", usd));
        return Json.string(Map.of(
                "serviceCode",
                service,
                "product",
                Map.of("attributes", Map.of("usagetype", service.equals("AmazonStates") ? "StateTransition" : "Local")),
                "terms",
                Map.of("OnDemand", Map.of("LOCAL", Map.of("priceDimensions", Map.of("LOCAL.1", tier))))));
    }

    /** The present price of each type in each zone, or in the zone that the request names. */
    DescribeSpotPriceHistoryResponse spot(DescribeSpotPriceHistoryRequest request) {
        JsonObject prices = read();
        List<String> zones = request.availabilityZone() == null
                ? new Network(config.region()).zones()
                : List.of(request.availabilityZone());
        return DescribeSpotPriceHistoryResponse.builder()
                .spotPriceHistory(request.instanceTypesAsStrings().stream()
                        .flatMap(type -> usd(prices, "spot_instance_hour", type).stream()
                                .flatMap(usd -> zones.stream().map(zone -> SpotPrice.builder()
                                        .instanceType(type)
                                        .productDescription("Linux/UNIX")
                                        .availabilityZone(zone)
                                        .spotPrice(usd)
                                        .timestamp(clock.instant())
                                        .build())))
                        .toList())
                .build();
    }

    private JsonObject read() {
        try {
            return Json.object(Files.readAllBytes(config.prices()));
        } catch (NoSuchFileException e) {
            return JsonObject.of();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the prices in " + config.prices() + ".", e);
        }
    }

    private static LocalCompute.Answer json(int status, Map<String, ?> body) {
        return new LocalCompute.Answer(status, "application/x-amz-json-1.1", Json.bytes(body));
    }
}
