package dev.wakebox.cli.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The values of the template's parameters for one stack: those that are given, and the defaults of the others. Immutable. */
public final class StackParameters {
    private static final String RESOURCE = "parameters.yaml";

    private final Map<String, Map<?, ?>> declared;
    private final Map<String, String> given;

    private StackParameters(Map<String, Map<?, ?>> declared, Map<String, String> given) {
        this.declared = declared;
        this.given = Map.copyOf(given);
    }

    /** The template's parameters with these values. */
    public static StackParameters of(Map<String, String> given) {
        try (InputStream yaml = Objects.requireNonNull(StackParameters.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            Map<?, ?> all = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
            var declared = new LinkedHashMap<String, Map<?, ?>>();
            all.forEach((name, declaration) -> declared.put(String.valueOf(name), (Map<?, ?>) declaration));
            return new StackParameters(declared, given);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value, which is empty where the default is. */
    String text(String name) {
        return given.getOrDefault(name, property(name, "Default"));
    }

    boolean isTrue(String name) {
        return text(name).equals("true");
    }

    boolean has(String name) {
        return !text(name).isBlank();
    }

    int number(String name) {
        return has(name) && text(name).matches("\\d{1,9}") ? Integer.parseInt(text(name)) : 0;
    }

    /** The values of a list, separated by commas. */
    List<String> list(String name) {
        return Arrays.stream(text(name).split(",", -1))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    /** Whether the authorizer reads the secret of JWTs. */
    boolean checksTokens() {
        return isTrue("Classifier")
                || (isTrue("RequireAuth") && (has("TrainingInstanceId") || has("ProcessingInstanceId")));
    }

    /** The values that CloudFormation would refuse. */
    List<Finding> findings() {
        var findings = new ArrayList<Finding>();
        given.forEach((name, value) -> refusal(name, value)
                .ifPresent(rule -> findings.add(Finding.problem("Parameter " + name, "\"" + value + "\"", rule))));
        if (has("ProcessingInstanceId") && !(has("MailFrom") && has("MailContact"))) {
            findings.add(Finding.problem(
                    "Parameters MailFrom and MailContact",
                    "One of them is empty, and ProcessingInstanceId is set.",
                    "Give both: uploads end with a mail."));
        }
        if (has("ProcessingInstanceId") && text("ProcessingInstanceId").equals(text("TrainingInstanceId"))) {
            findings.add(Finding.problem(
                    "Parameters TrainingInstanceId and ProcessingInstanceId",
                    "Both name " + text("TrainingInstanceId") + ".",
                    "Give two instances: each is stopped when its own work is done."));
        }
        if (has("IngressAnalytics") && !has("PlatformTokenArn")) {
            findings.add(Finding.problem(
                    "Parameter IngressAnalytics", "PlatformTokenArn is empty.", "Give PlatformTokenArn as well."));
        }
        if (has("NotifyUrl") && !has("NotifySecretArn")) {
            findings.add(Finding.problem(
                    "Parameter NotifyUrl",
                    "NotifySecretArn is empty.",
                    "Give the ARN of the keys that sign the webhooks."));
        }
        if (has("ProcessorSubnetIds") != has("ProcessorSecurityGroupIds")) {
            findings.add(Finding.problem(
                    "Parameters ProcessorSubnetIds and ProcessorSecurityGroupIds",
                    "One of them is empty.",
                    "Give both, or none: Lambda needs subnets and security groups together."));
        }
        return findings.isEmpty()
                ? List.of(Finding.ok("Parameters", given.size() + " given, all of the right form"))
                : findings;
    }

    private Optional<String> refusal(String name, String value) {
        if (!declared.containsKey(name)) {
            return Optional.of("The template has no parameter of this name; docs/parameters.md lists them.");
        }
        boolean matches = Pattern.matches(orAny(property(name, "AllowedPattern")), value);
        boolean allowed = !(declared.getOrDefault(name, Map.of()).get("AllowedValues") instanceof List<?> values)
                || values.stream().map(String::valueOf).anyMatch(value::equals);
        boolean longEnough = value.length()
                <= number(property(name, "MaxLength"), Integer.MAX_VALUE).intValueExact();
        boolean inRange = !property(name, "Type").equals("Number")
                || (value.matches("-?\\d{1,9}(\\.\\d+)?")
                        && new BigDecimal(value).compareTo(number(property(name, "MinValue"), Integer.MIN_VALUE)) >= 0
                        && new BigDecimal(value).compareTo(number(property(name, "MaxValue"), Integer.MAX_VALUE)) <= 0);
        if (matches && allowed && longEnough && inRange) {
            return Optional.empty();
        }
        String rule = property(name, "ConstraintDescription");
        return Optional.of(
                rule.isEmpty() ? "See docs/parameters.md: " + property(name, "Description") : "Give " + rule + ".");
    }

    private static String orAny(String pattern) {
        return pattern.isEmpty() ? "(?s).*" : pattern;
    }

    private static BigDecimal number(String text, int otherwise) {
        return text.isEmpty() ? BigDecimal.valueOf(otherwise) : new BigDecimal(text);
    }

    private String property(String name, String property) {
        Object value = declared.getOrDefault(name, Map.of()).get(property);
        return value == null ? "" : String.valueOf(value);
    }
}
