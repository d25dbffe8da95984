package dev.wakebox.local.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.DescribeSpotPriceHistoryRequest;
import software.amazon.awssdk.services.ec2.model.SpotPrice;

class LocalPricesTest {
    @TempDir
    Path directory;

    @Test
    void products_ofTheFile_haveItsPrices() throws IOException {
        LocalPrices prices = prices("""
                {"instance_hour": {"t4g.small": 0.0184}, "volume_gib_month": {"gp3": 0.088}, "state_transition": 0.000025,
                 "lambda_gb_second": {"arm64": 0.5}, "lambda_request": {"x86_64": 0.25}}""");

        assertThat(usd(prices, "AmazonEC2", Map.of("instanceType", "t4g.small", "tenancy", "Shared")))
                .containsExactly("0.0184");
        assertThat(usd(prices, "AmazonEC2", Map.of("volumeApiName", "gp3"))).containsExactly("0.088");
        assertThat(usd(prices, "AWSLambda", Map.of("group", "AWS-Lambda-Duration-ARM")))
                .containsExactly("0.5");
        assertThat(usd(prices, "AWSLambda", Map.of("group", "AWS-Lambda-Requests")))
                .containsExactly("0.25");
        assertThat(usd(prices, "AmazonStates", Map.of())).hasSize(1);
        assertThat(usd(prices, "AmazonEC2", Map.of("instanceType", "x9.huge"))).isEmpty();
        assertThat(usd(prices, "AmazonEC2", Map.of("instanceType", "t4g.small", "regionCode", "eu-west-1")))
                .isEmpty();
        assertThat(prices.products("AWSPriceListService.DescribeServices", "{}".getBytes(UTF_8))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void spot_ofATypeInTheFile_isThatOfTheZoneOrOfEachZone() throws IOException {
        LocalPrices prices = prices("{\"spot_instance_hour\": {\"t4g.small\": 0.0061}}");

        assertThat(prices.spot(DescribeSpotPriceHistoryRequest.builder()
                                .instanceTypesWithStrings("t4g.small", "x9.huge")
                                .build())
                        .spotPriceHistory())
                .extracting(SpotPrice::spotPrice, SpotPrice::availabilityZone)
                .containsExactly(
                        tuple("0.0061", "us-east-1a"), tuple("0.0061", "us-east-1b"), tuple("0.0061", "us-east-1c"));
        assertThat(prices.spot(DescribeSpotPriceHistoryRequest.builder()
                                .instanceTypesWithStrings("t4g.small")
                                .availabilityZone("us-east-1b")
                                .build())
                        .spotPriceHistory())
                .hasSize(1);
    }

    @Test
    void products_withoutAFile_areNone() {
        var prices = new LocalPrices(TestEmulator.config(directory, Map.of()), Clock.systemUTC());

        assertThat(usd(prices, "AmazonEC2", Map.of("instanceType", "t4g.small")))
                .isEmpty();
    }

    private LocalPrices prices(String json) throws IOException {
        Files.writeString(directory.resolve("prices.json"), json);
        return new LocalPrices(
                TestEmulator.config(directory, Map.of()),
                Clock.fixed(Instant.parse("2026-11-29T12:00:00Z"), ZoneOffset.UTC));
    }

    private static List<String> usd(LocalPrices prices, String service, Map<String, String> attributes) {
        var all = new HashMap<>(Map.of("regionCode", "us-east-1"));
        all.putAll(attributes);
        var filters = all.entrySet().stream()
                .map(each -> Map.of("Type", "TERM_MATCH", "Field", each.getKey(), "Value", each.getValue()))
                .toList();
        var answer = prices.products(
                "AWSPriceListService.GetProducts", Json.bytes(Map.of("ServiceCode", service, "Filters", filters)));
        return Json.object(answer.body()).texts("PriceList").stream()
                .map(product -> Json.object(product.getBytes(UTF_8))
                        .object("terms")
                        .object("OnDemand")
                        .object("LOCAL")
                        .object("priceDimensions")
                        .object("LOCAL.1")
                        .object("pricePerUnit")
                        .text("USD"))
                .toList();
    }
}
