package dev.wakebox.local.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.httpapi.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that the routes of template.yaml, api/openapi.yaml and the functions' aliases agree. */
class ApiDocumentationTest {
    private static final Path ROOT = Path.of(System.getProperty("wakebox.root", ".."));

    /** The expected {@code security} in the documentation, with and without {@code RequireAuth}. */
    private enum Security {
        NONE,
        JWT,
        JWT_IF_REQUIRED,
        IAM
    }

    /** What answers a route, and whom. */
    private record Deployed(String function, Class<?> access) {}

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void routes_ofTheTemplate_areThoseOfTheDocumentation(boolean requireAuth) throws IOException {
        var documented = new TreeMap<String, Deployed>();
        map(Yaml.parse(Files.readString(ROOT.resolve("api/openapi.yaml"))).get("paths"))
                .forEach((path, operations) -> map(operations).forEach((method, operation) -> {
                    if (!method.startsWith("x-")) {
                        String verb = method.toUpperCase(Locale.ROOT) + " ";
                        String function = String.valueOf(map(operation).get("x-wakebox-function"));
                        documented.put(
                                verb + path, new Deployed(function, access(security(map(operation)), requireAuth)));
                        if (map(operations).get("x-wakebox-iam") instanceof String signed) {
                            documented.put(verb + signed, new Deployed(function, Route.Access.Iam.class));
                        }
                    }
                }));

        var template = Template.read(
                ROOT.resolve("template.yaml"),
                Map.of(
                        "RequireAuth",
                        String.valueOf(requireAuth),
                        "RunsApi",
                        "true",
                        "Console",
                        "true",
                        "TrainingInstanceId",
                        "i-0fedcba9876543210",
                        "ProcessingInstanceId",
                        "i-0123456789abcdef0",
                        "PlatformTokenArn",
                        "arn:aws:secretsmanager:us-east-1:000000000000:secret:platform"),
                Map.of("AWS::StackName", "wakebox", "AWS::Region", "us-east-1", "AWS::Partition", "aws"));
        var deployed = template.httpApi().routes().stream()
                .filter(route -> !route.path().endsWith("+}")) // the same route with a trailing slash
                .collect(Collectors.toMap(
                        Route::key,
                        route -> new Deployed(route.function(), route.access().getClass())));

        assertThat(deployed).containsExactlyInAnyOrderEntriesOf(documented);
    }

    /** A comma in a text without quotes begins another key, which has no value. */
    @Test
    void documentation_whenRead_hasAValueForEachKey() throws IOException {
        assertThat(keysWithoutValue(Yaml.parse(Files.readString(ROOT.resolve("api/openapi.yaml")))))
                .isEmpty();
    }

    private static List<String> keysWithoutValue(@Nullable Object node) {
        return switch (node) {
            case Map<?, ?> mapping ->
                mapping.entrySet().stream()
                        .flatMap(entry -> entry.getValue() == null
                                ? Stream.of(String.valueOf(entry.getKey()))
                                : keysWithoutValue(entry.getValue()).stream())
                        .toList();
            case List<?> items ->
                items.stream().flatMap(item -> keysWithoutValue(item).stream()).toList();
            case null, default -> List.of();
        };
    }

    /** Without the second property, the alias that the API calls never gets a new timeout, memory size or variable. */
    @Test
    void functions_withAnAlias_publishAVersionWhateverChanges() throws IOException {
        var template = Yaml.parse(Files.readString(ROOT.resolve("template.yaml")));
        var globals = map(map(template.getOrDefault("Globals", Map.of())).get("Function"));
        var aliased = map(template.get("Resources")).entrySet().stream()
                .filter(resource -> "AWS::Serverless::Function"
                        .equals(map(resource.getValue()).get("Type")))
                .collect(Collectors.toMap(Map.Entry::getKey, resource -> {
                    var properties = new HashMap<>(globals);
                    properties.putAll(map(map(resource.getValue()).get("Properties")));
                    return properties;
                }))
                .entrySet()
                .stream()
                .filter(function -> function.getValue().containsKey("AutoPublishAlias"))
                .toList();

        assertThat(aliased).isNotEmpty().allSatisfy(function -> assertThat(
                        function.getValue().get("AutoPublishAliasAllProperties"))
                .as(function.getKey())
                .isEqualTo(true));
    }

    private static Security security(Map<String, Object> operation) {
        Object requirements = operation.getOrDefault("security", List.of());
        var none = Map.of();
        var jwt = Map.of("jwt", List.of());
        if (requirements.equals(List.of())) {
            return Security.NONE;
        } else if (requirements.equals(List.of(jwt))) {
            return Security.JWT;
        } else if (requirements.equals(List.of(none, jwt))) {
            return Security.JWT_IF_REQUIRED;
        } else if (requirements.equals(List.of(Map.of("iam", List.of())))) {
            return Security.IAM;
        }
        throw new AssertionError("an unknown security in api/openapi.yaml: " + requirements);
    }

    private static Class<?> access(Security security, boolean requireAuth) {
        return switch (security) {
            case NONE -> Route.Access.Open.class;
            case JWT -> Route.Access.Authorizer.class;
            case JWT_IF_REQUIRED -> requireAuth ? Route.Access.Authorizer.class : Route.Access.Open.class;
            case IAM -> Route.Access.Iam.class;
        };
    }

    @SuppressWarnings("unchecked") // keys of YAML mappings are strings in these files
    private static Map<String, Object> map(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }
}
