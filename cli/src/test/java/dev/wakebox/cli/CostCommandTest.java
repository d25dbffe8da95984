package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.cli.DeployedStack.Answer;
import dev.wakebox.cli.StackCommands.Result;
import dev.wakebox.cost.PricedItem;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cost} against the answers of the Price List API and of EC2, in their shapes. */
class CostCommandTest {
    private static final String PRICES = """
            {"instance_hour": {"t4g.small": 0.0184}, "spot_instance_hour": {"t4g.small": 0.0061},
             "volume_gib_month": {"gp3": "0.088"}, "lambda_gb_second": {"arm64": 0.0000133334},
             "lambda_request": {"arm64": 0.0000002}, "state_transition": 0.000025}""";

    @TempDir
    Path directory;

    private DeployedStack aws;
    private StackCommands commands;

    @BeforeEach
    void deploy() throws IOException {
        aws = new DeployedStack();
        commands = new StackCommands(aws.endpoint(), directory);
    }

    @AfterEach
    void delete() {
        aws.close();
    }

    @Test
    void cost_whenAwsTellsPrices_addsThemAndKeepsThemForADay() {
        aws.others.put("GetProducts", CostCommandTest::products);
        aws.others.put("DescribeSpotPriceHistory", _ -> new Answer(200, spotPrices()));

        Result first = commands.run("cost", "past-1");
        Result second = commands.run("cost", "past-1", "past-2");

        assertThat(first.err()).isEmpty();
        assertThat(first.exitCode()).isZero();
        // 86 s at 0.0061 an hour; 8 GiB for 86 s; 1 s of 512 MB and 1 request; 3 transitions
        assertThat(first.out())
                .startsWith("past-1: about 0.000251 USD\n")
                .contains(
                        "t4g.small spot", "0.000146", "8 GiB gp3", "0.000023", "0.000007", "Step Functions", "0.000075")
                .doesNotContain("unknown");
        assertThat(second.out()).startsWith(first.out()).endsWith("All 2 runs: about 0.000501 USD\n");
        assertThat(aws.operations).filteredOn("GetProducts"::equals).hasSize(4);
        assertThat(aws.operations)
                .filteredOn("DescribeSpotPriceHistory"::equals)
                .hasSize(1);
    }

    @Test
    void cost_withAPriceFile_asksNoPrices() throws IOException {
        Files.writeString(directory.resolve("prices.json"), PRICES);

        Result result = commands.run("cost", "past-1", "--prices", "prices.json", "--json");

        assertThat(result.exitCode()).isZero();
        assertThat(Json.object(result.out().getBytes(UTF_8)).object("cost"))
                .containsEntry("currency", "USD")
                .containsEntry("complete", true)
                .extractingByKey("total")
                .asString()
                .startsWith("2.506");
        assertThat(aws.operations)
                .doesNotContain("GetProducts", "DescribeSpotPriceHistory")
                .contains("GetExecutionHistory");
    }

    @Test
    void cost_whenPricesCannotBeAsked_printsTheRestAndSaysWhatItTakes() {
        aws.others.put(
                "GetProducts",
                _ -> new Answer(
                        400,
                        "{\"__type\": \"AccessDeniedException\", \"Message\": \"You are not authorized to perform pricing:GetProducts\"}"));
        aws.others.put("DescribeSpotPriceHistory", _ -> new Answer(200, spotPrices()));

        Result result = commands.run("cost", "past-1");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out())
                .startsWith("past-1: about 0.000146 USD, and what is unknown\n")
                .contains("pricing:GetProducts", "--prices", "The price is unknown.");
    }

    @Test
    void cost_whenThePriceFileIsWrong_namesTheField() throws IOException {
        for (var wrong : Map.of(
                        "{\"instance_hours\": {}}", "\"instance_hours\" is no price",
                        "{\"instance_hour\": {\"t4g.small\": -1}}", "instance_hour.t4g.small must be a price",
                        "{\"state_transition\": \"cheap\"}", "is \"cheap\"")
                .entrySet()) {
            Files.writeString(directory.resolve("prices.json"), wrong.getKey());

            Result result = commands.run("cost", "past-1", "--prices", "prices.json");

            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.err()).contains("prices.json", wrong.getValue());
        }
        assertThat(commands.run("cost", "nosuch", "--prices", "nosuch.json").err())
                .contains("There is no file");
    }

    @Test
    void functionMemory_isThatOfTheTemplate() throws IOException {
        Path root = Path.of(System.getProperty("wakebox.root", "..")).toAbsolutePath();

        assertThat(Files.readString(root.resolve("template/root.yaml")))
                .contains("MemorySize: " + CostCommand.FUNCTION_MEMORY_MB + "\n");
    }

    /** The local application answers from it. */
    @Test
    void pricesOfTheLocalApplication_areAPriceFile() throws IOException {
        Path root = Path.of(System.getProperty("wakebox.root", "..")).toAbsolutePath();

        assertThat(PriceFile.read(root.resolve("local/prices.json"))
                        .of(new PricedItem.SpotInstanceHour("t4g.small", "us-east-1a", Instant.EPOCH)))
                .isPresent();
    }

    /** Products in the shape of the Price List API, whose prices have tiers, one of them free. */
    private static Answer products(String request) {
        if (request.contains("AWS-Lambda-Duration-ARM")) {
            return new Answer(
                    200,
                    list(product(
                            "AWSLambda",
                            "EU-Lambda-GB-Second-ARM",
                            tier("0", "0.0000133334") + ", " + tier("7500000000", "0.0000120001"))));
        }
        if (request.contains("AWS-Lambda-Requests-ARM")) {
            return new Answer(200, list(product("AWSLambda", "EU-Request-ARM", tier("0", "0.0000002000"))));
        }
        if (request.contains("AmazonStates")) {
            return new Answer(
                    200,
                    list(
                            product("AmazonStates", "EU-StepFunctions-GB-Second", tier("0", "0.0000166700")),
                            product(
                                    "AmazonStates",
                                    "EU-StateTransition",
                                    tier("0", "0.0000000000") + ", " + tier("4000", "0.0000250000"))));
        }
        if (request.contains("\"gp3\"")) {
            return new Answer(200, list(product("AmazonEC2", "EU-EBS:VolumeUsage.gp3", tier("0", "0.0880000000"))));
        }
        throw new IllegalStateException(request);
    }

    private static String tier(String begin, String usd) {
        return """
                "X.JRTCKXETXF.%1$s": {"unit": "x", "endRange": "Inf", "description": "x", "appliesTo": [],
                 "rateCode": "X.JRTCKXETXF.%1$s", "beginRange": "%1$s", "pricePerUnit": {"USD": "%2$s"}}""".formatted(begin, usd);
    }

    private static String product(String service, String usageType, String tiers) {
        return """
                {"product": {"productFamily": "x", "attributes": {"regionCode": "eu-west-1", "servicecode": "%s",
                 "usagetype": "%s"}, "sku": "X"}, "serviceCode": "%1$s", "terms": {"OnDemand": {"X.JRTCKXETXF":
                 {"priceDimensions": {%s}, "sku": "X", "effectiveDate": "2025-11-01T00:00:00Z",
                 "offerTermCode": "JRTCKXETXF", "termAttributes": {}}}}, "version": "20251120215513",
                 "publicationDate": "2025-11-20T21:55:13Z"}""".formatted(service, usageType, tiers);
    }

    private static String list(String... products) {
        return Json.string(Map.of("FormatVersion", "aws_v1", "PriceList", products));
    }

    private static String spotPrices() {
        return """
                <DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>
                <spotPriceHistorySet><item><instanceType>t4g.small</instanceType><productDescription>Linux/UNIX</productDescription>
                <spotPrice>0.006100</spotPrice><timestamp>2025-11-29T08:01:11.000Z</timestamp>
                <availabilityZone>eu-west-1a</availabilityZone></item></spotPriceHistorySet><nextToken></nextToken>
                </DescribeSpotPriceHistoryResponse>""";
    }
}
