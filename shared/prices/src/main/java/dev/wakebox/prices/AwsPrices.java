package dev.wakebox.prices;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.PricedItem.InstanceHour;
import dev.wakebox.cost.PricedItem.LambdaGbSecond;
import dev.wakebox.cost.PricedItem.LambdaRequest;
import dev.wakebox.cost.PricedItem.SpotInstanceHour;
import dev.wakebox.cost.PricedItem.StateTransition;
import dev.wakebox.cost.PricedItem.VolumeMonth;
import dev.wakebox.cost.Prices;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.SpotPrice;
import software.amazon.awssdk.services.pricing.PricingClient;
import software.amazon.awssdk.services.pricing.model.Filter;
import software.amazon.awssdk.services.pricing.model.FilterType;

/**
 * The prices of AWS in a region: of the Price List API, and for spot instances of EC2's history of 90 days. Exceptions of the AWS SDK pass
 * through. Thread-safe.
 *
 * @see <a href="https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html">GetProducts</a>
 */
public record AwsPrices(PricingClient priceList, Ec2Client ec2, Region region) implements Prices {
    private static final String ARM = "arm64";

    /** The nearest region that has the Price List API. */
    public static Region regionOfPriceList(Region region) {
        String id = region.id();
        if (id.startsWith("cn-")) {
            return Region.CN_NORTHWEST_1;
        }
        if (id.startsWith("eu-") || id.startsWith("me-") || id.startsWith("af-") || id.startsWith("il-")) {
            return Region.EU_CENTRAL_1;
        }
        return id.startsWith("ap-") ? Region.AP_SOUTH_1 : Region.US_EAST_1;
    }

    @Override
    public Optional<BigDecimal> of(PricedItem item) {
        return switch (item) {
            case InstanceHour hour ->
                listed(
                        "AmazonEC2",
                        "",
                        Map.of(
                                "instanceType", hour.instanceType(),
                                "operatingSystem", "Linux",
                                "tenancy", "Shared",
                                "preInstalledSw", "NA",
                                "capacitystatus", "Used"));
            case SpotInstanceHour hour -> spot(hour);
            case VolumeMonth month ->
                listed("AmazonEC2", "", Map.of("productFamily", "Storage", "volumeApiName", month.volumeType()));
            case LambdaGbSecond second ->
                listed("AWSLambda", "", Map.of("group", "AWS-Lambda-Duration" + suffix(second.architecture())));
            case LambdaRequest request ->
                listed("AWSLambda", "", Map.of("group", "AWS-Lambda-Requests" + suffix(request.architecture())));
            case StateTransition _ -> listed("AmazonStates", "StateTransition", Map.of());
        };
    }

    private static String suffix(String architecture) {
        return architecture.equals(ARM) ? "-ARM" : "";
    }

    /** The price of the first paid tier of the product. */
    private Optional<BigDecimal> listed(String service, String usageTypeEnd, Map<String, String> attributes) {
        var filters = Stream.concat(attributes.entrySet().stream(), Stream.of(Map.entry("regionCode", region.id())))
                .map(attribute -> Filter.builder()
                        .type(FilterType.TERM_MATCH)
                        .field(attribute.getKey())
                        .value(attribute.getValue())
                        .build())
                .toList();
        return priceList
                .getProductsPaginator(request -> request.serviceCode(service).filters(filters))
                .priceList()
                .stream()
                .map(product -> Json.object(product.getBytes(UTF_8)))
                .filter(product -> product.object("product")
                        .object("attributes")
                        .text("usagetype")
                        .endsWith(usageTypeEnd))
                .flatMap(product -> objects(product.object("terms").object("OnDemand")))
                .flatMap(term -> objects(term.object("priceDimensions")))
                .filter(tier -> usd(tier).signum() > 0)
                .min(Comparator.comparing(tier -> number(tier.text("beginRange"))))
                .map(AwsPrices::usd);
    }

    private static Stream<JsonObject> objects(JsonObject byId) {
        return byId.keySet().stream().map(byId::object);
    }

    private static BigDecimal usd(JsonObject tier) {
        return number(tier.object("pricePerUnit").text("USD"));
    }

    private static BigDecimal number(String text) {
        return text.isEmpty() ? BigDecimal.ZERO : new BigDecimal(text);
    }

    /** The price in force at the time: the newest change before it. Without a zone, that of the most expensive zone. */
    private Optional<BigDecimal> spot(SpotInstanceHour hour) {
        var history = ec2.describeSpotPriceHistory(request -> {
                    request.instanceTypesWithStrings(hour.instanceType())
                            .productDescriptions("Linux/UNIX")
                            .startTime(hour.at())
                            .endTime(hour.at());
                    if (!hour.zone().isEmpty()) {
                        request.availabilityZone(hour.zone());
                    }
                })
                .spotPriceHistory();
        return history.stream()
                .max(
                        hour.zone().isEmpty()
                                ? Comparator.comparing(price -> number(price.spotPrice()))
                                : Comparator.comparing(SpotPrice::timestamp))
                .map(price -> number(price.spotPrice()));
    }
}
