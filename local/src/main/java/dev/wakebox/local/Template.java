package dev.wakebox.local;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.YAMLException;

/** A SAM template, read for what is run outside the emulator: its functions and its HTTP API. */
final class Template {
    private static final Pattern FUNCTION_IN_URI = Pattern.compile("\\$\\{(\\w+)\\.(?:Alias|Arn)}");
    private static final Set<String> METHODS = Set.of(
            "get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method");

    /**
     * A function of the template.
     *
     * @param logicalId its key under {@code Resources}
     * @param name as deployed
     * @param module the Maven module that it is built from: {@code functions/process-upload} for {@code
     *     ProcessUploadFunction}, as in the Makefile
     */
    record FunctionResource(String logicalId, String name, Path module) {}

    private final Path file;
    private final Map<String, @Nullable Object> source;
    private final Map<String, String> pseudoParameters;
    private final Evaluator evaluator;

    private Template(
            Path file,
            Map<String, @Nullable Object> source,
            Map<String, String> parameters,
            Map<String, String> pseudoParameters) {
        this.file = file;
        this.source = source;
        this.pseudoParameters = pseudoParameters;
        this.evaluator = new Evaluator(map(source.get("Conditions")), values(source, parameters, pseudoParameters));
    }

    /**
     * Reads a template.
     *
     * @param parameters values beside the template's defaults
     * @param pseudoParameters {@code AWS::Region} and the like
     */
    static Template read(Path file, Map<String, String> parameters, Map<String, String> pseudoParameters) {
        Map<String, @Nullable Object> source;
        try {
            source = Yaml.parse(Files.readString(file));
        } catch (IOException e) {
            throw new LocalException("The template " + file + " can't be read.", e);
        } catch (YAMLException e) {
            throw new LocalException("The template " + file + " is not valid YAML: " + e.getMessage(), e);
        }
        return new Template(file, source, parameters, pseudoParameters);
    }

    /** The same template with these values beside its defaults. */
    Template with(Map<String, String> parameters) {
        return new Template(file, source, parameters, pseudoParameters);
    }

    private static Map<String, Object> values(
            Map<String, @Nullable Object> source,
            Map<String, String> parameters,
            Map<String, String> pseudoParameters) {
        var values = new HashMap<String, Object>(pseudoParameters);
        map(source.get("Parameters")).forEach((name, definition) -> {
            Object value = parameters.getOrDefault(name, text(map(definition).get("Default")));
            boolean list = String.valueOf(map(definition).get("Type")).contains("List");
            values.put(name, list ? List.of(value.toString().split(" *, *", -1)) : value);
        });
        return values;
    }

    boolean hasParameter(String name) {
        return map(source.get("Parameters")).containsKey(name);
    }

    /** The functions that are deployed with these parameters. */
    List<FunctionResource> functions() {
        var functions = new ArrayList<FunctionResource>();
        resources("AWS::Serverless::Function").forEach((logicalId, resource) -> {
            Map<String, @Nullable Object> properties = map(resource.get("Properties"));
            if (!(evaluator.evaluate(properties.get("FunctionName")) instanceof String name)) {
                throw new LocalException("The function " + logicalId + " of " + file
                        + " has no FunctionName made of text and parameters; the emulator must know the name before it"
                        + " deploys.");
            }
            functions.add(new FunctionResource(
                    logicalId, name, file.resolveSibling("functions").resolve(module(logicalId))));
        });
        return functions;
    }

    /** The HTTP API's routes and CORS rules; no routes when there is no {@code AWS::Serverless::HttpApi}. */
    HttpApi httpApi() {
        var apis = resources("AWS::Serverless::HttpApi");
        if (apis.isEmpty()) {
            return new HttpApi(List.of(), Optional.empty());
        }
        if (apis.size() > 1) {
            throw new LocalException("The template " + file + " has several HTTP APIs ("
                    + String.join(", ", apis.keySet()) + "); there is one port for them here.");
        }
        Map<String, @Nullable Object> properties =
                map(apis.values().iterator().next().get("Properties"));
        Map<String, @Nullable Object> definition = map(evaluator.evaluate(properties.get("DefinitionBody")));
        Object cors = Optional.ofNullable(definition.get("x-amazon-apigateway-cors"))
                .orElse(evaluator.evaluate(properties.get("CorsConfiguration")));
        return new HttpApi(routes(definition), cors == null ? Optional.empty() : Optional.of(Cors.of(cors)));
    }

    /**
     * The template as JSON for CloudFormation, as {@code sam package} makes it: a package of S3 in place of each module's
     * directory, and each state machine's definition in place of its file.
     */
    String packaged(String bucket) {
        var packaged = new LinkedHashMap<>(source);
        var resources = new LinkedHashMap<>(map(source.get("Resources")));
        resources.replaceAll(
                (logicalId, resource) -> switch (String.valueOf(map(resource).get("Type"))) {
                    case "AWS::Serverless::Function" ->
                        with(map(resource), "CodeUri", "CodeUri", "s3://" + bucket + "/" + logicalId + ".zip");
                    case "AWS::Serverless::StateMachine" ->
                        with(
                                map(resource),
                                "DefinitionUri",
                                "Definition",
                                definition(map(map(resource).get("Properties"))));
                    default -> resource;
                });
        packaged.put("Resources", resources);
        return Json.string(packaged);
    }

    private Map<String, @Nullable Object> definition(Map<String, @Nullable Object> properties) {
        Path asl = file.resolveSibling(String.valueOf(properties.get("DefinitionUri")));
        try {
            return Json.object(Files.readAllBytes(asl));
        } catch (IOException e) {
            throw new LocalException("The state machine's definition " + asl + " can't be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, @Nullable Object> with(
            Map<String, @Nullable Object> resource, String replaced, String key, @Nullable Object value) {
        var properties = new LinkedHashMap<String, @Nullable Object>(map(resource.get("Properties")));
        properties.remove(replaced);
        properties.put(key, value);
        var changed = new LinkedHashMap<String, @Nullable Object>(resource);
        changed.put("Properties", properties);
        return changed;
    }

    private List<Route> routes(Map<String, @Nullable Object> definition) {
        Map<String, @Nullable Object> schemes =
                map(map(definition.get("components")).get("securitySchemes"));
        var routes = new ArrayList<Route>();
        map(definition.get("paths"))
                .forEach((path, operations) -> map(operations).forEach((method, operation) -> {
                    if (METHODS.contains(method)) {
                        Map<String, @Nullable Object> fields = map(operation);
                        String where = method + " " + path;
                        Object integration = fields.get("x-amazon-apigateway-integration");
                        Object security =
                                fields.containsKey("security") ? fields.get("security") : definition.get("security");
                        routes.add(Route.of(
                                method,
                                path,
                                functionIn(map(integration).get("uri"), where),
                                access(security, schemes, where)));
                    }
                }));
        return routes;
    }

    private Route.Access access(@Nullable Object security, Map<String, @Nullable Object> schemes, String where) {
        if (!(security instanceof List<?> requirements) || requirements.isEmpty()) {
            return new Route.Access.Open();
        }
        String name = map(requirements.getFirst()).keySet().iterator().next();
        Map<String, @Nullable Object> scheme = map(schemes.get(name));
        if ("awsSigv4".equals(scheme.get("x-amazon-apigateway-authtype"))) {
            return new Route.Access.Iam();
        }
        Map<String, @Nullable Object> authorizer = map(scheme.get("x-amazon-apigateway-authorizer"));
        if ("request".equals(authorizer.get("type"))) {
            String source = text(authorizer.get("identitySource"));
            return new Route.Access.Authorizer(
                    functionIn(authorizer.get("authorizerUri"), where),
                    source.isEmpty() ? null : source.substring(source.lastIndexOf('.') + 1));
        }
        throw new LocalException("The security scheme \"" + name + "\" of " + where + " in " + file
                + " is neither awsSigv4 nor a Lambda authorizer of type request.");
    }

    private String functionIn(@Nullable Object uri, String where) {
        var match = FUNCTION_IN_URI.matcher(String.valueOf(uri));
        if (!match.find()) {
            throw new LocalException("The integration of " + where + " in " + file
                    + " names no function as ${SomeFunction.Alias} or ${SomeFunction.Arn}.");
        }
        return match.group(1);
    }

    private Map<String, Map<String, @Nullable Object>> resources(String type) {
        var found = new LinkedHashMap<String, Map<String, @Nullable Object>>();
        map(source.get("Resources")).forEach((logicalId, resource) -> {
            Map<String, @Nullable Object> fields = map(resource);
            boolean deployed = !(fields.get("Condition") instanceof String condition) || evaluator.holds(condition);
            if (type.equals(fields.get("Type")) && deployed) {
                found.put(logicalId, fields);
            }
        });
        return found;
    }

    private static String module(String logicalId) {
        return logicalId
                .replaceFirst("Function$", "")
                .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
                .toLowerCase(Locale.ROOT);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    @SuppressWarnings("unchecked") // keys of a template are strings
    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }
}
