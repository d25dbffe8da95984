package dev.wakebox.local.template;

import dev.wakebox.local.host.LocalException;
import dev.wakebox.local.httpapi.Cors;
import dev.wakebox.local.httpapi.HttpApi;
import dev.wakebox.local.httpapi.Route;
import dev.wakebox.local.lambda.FunctionResource;
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
import org.yaml.snakeyaml.error.YAMLException;

/** Reads the parts of a SAM template that run outside of the emulator: its functions and its HTTP API. */
public final class Template {
    private static final Pattern FUNCTION_IN_URI = Pattern.compile("\\$\\{(\\w+)\\.(?:Alias|Arn)}");
    private static final Set<String> METHODS = Set.of(
            "get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method");

    /** A resource of the template. */
    private record Resource(TemplateNode node) {
        String type() {
            return node.get("Type").text();
        }

        TemplateNode properties() {
            return node.get("Properties");
        }

        /** With another property in place of one. */
        TemplateNode replace(String replaced, String property, TemplateNode value) {
            return node.with("Properties", properties().replace(replaced, property, value));
        }
    }

    private final Path file;
    private final TemplateNode source;
    private final Map<String, String> pseudoParameters;
    private final Evaluator evaluator;

    private Template(
            Path file, TemplateNode source, Map<String, String> parameters, Map<String, String> pseudoParameters) {
        this.file = file;
        this.source = source;
        this.pseudoParameters = pseudoParameters;
        this.evaluator = new Evaluator(source.get("Conditions"), values(source, parameters, pseudoParameters));
    }

    /**
     * Reads a template.
     *
     * @param parameters values that override the template's defaults
     * @param pseudoParameters {@code AWS::Region} and similar ones
     */
    public static Template read(Path file, Map<String, String> parameters, Map<String, String> pseudoParameters) {
        TemplateNode source;
        try {
            source = new TemplateNode(Yaml.parse(Files.readString(file)));
        } catch (IOException e) {
            throw new LocalException("The template " + file + " can't be read.", e);
        } catch (YAMLException e) {
            throw new LocalException("The template " + file + " is not valid YAML: " + e.getMessage(), e);
        }
        return new Template(file, source, parameters, pseudoParameters);
    }

    /** The same template with these values in place of its defaults. */
    public Template with(Map<String, String> parameters) {
        return new Template(file, source, parameters, pseudoParameters);
    }

    private static Map<String, TemplateNode> values(
            TemplateNode source, Map<String, String> parameters, Map<String, String> pseudoParameters) {
        var values = new HashMap<String, TemplateNode>();
        pseudoParameters.forEach((name, value) -> values.put(name, new TemplateNode(value)));
        source.get("Parameters").entries().forEach((name, definition) -> {
            String value =
                    parameters.getOrDefault(name, definition.get("Default").text());
            boolean list = definition.get("Type").text().contains("List");
            values.put(name, new TemplateNode(list ? List.of(value.split(" *, *", -1)) : value));
        });
        return values;
    }

    public boolean hasParameter(String name) {
        return source.get("Parameters").has(name);
    }

    /** The functions that are deployed with these parameters. */
    public List<FunctionResource> functions() {
        var functions = new ArrayList<FunctionResource>();
        deployed("AWS::Serverless::Function").forEach((logicalId, resource) -> {
            var functionName = evaluator.evaluate(resource.properties().get("FunctionName"));
            if (!(functionName.value() instanceof String name)) {
                throw new LocalException("The function " + logicalId + " of " + file
                        + " has no FunctionName made of text and parameters; the emulator must know the name before it"
                        + " deploys.");
            }
            functions.add(new FunctionResource(
                    logicalId, name, file.resolveSibling("functions").resolve(module(logicalId))));
        });
        return functions;
    }

    /** The routes and CORS rules of the HTTP API; no routes when there is no {@code AWS::Serverless::HttpApi}. */
    public HttpApi httpApi() {
        var apis = deployed("AWS::Serverless::HttpApi");
        if (apis.isEmpty()) {
            return new HttpApi(List.of(), Optional.empty(), List.of());
        }
        if (apis.size() > 1) {
            throw new LocalException("The template " + file + " has several HTTP APIs ("
                    + String.join(", ", apis.keySet()) + "); there is one port for them here.");
        }
        TemplateNode properties = apis.values().iterator().next().properties();
        TemplateNode cors = evaluator.evaluate(properties.get("CorsConfiguration"));
        List<String> stages = deployed("AWS::ApiGatewayV2::Stage").values().stream()
                .map(stage ->
                        evaluator.evaluate(stage.properties().get("StageName")).text())
                .toList();
        return new HttpApi(
                routes(evaluator.evaluate(properties.get("DefinitionBody"))),
                cors.exists() ? Optional.of(cors(cors)) : Optional.empty(),
                stages);
    }

    /** Reads SAM's {@code CorsConfiguration}: an object, or {@code true} for every origin. */
    private static Cors cors(TemplateNode configuration) {
        return new Cors(
                configuration.isTrue()
                        ? List.of("*")
                        : configuration.get("AllowOrigins").texts(),
                configuration.get("AllowMethods").texts(),
                configuration.get("AllowHeaders").texts(),
                configuration.get("ExposeHeaders").texts(),
                configuration.get("MaxAge").text(),
                configuration.get("AllowCredentials").isTrue());
    }

    /**
     * The template as JSON for CloudFormation, as {@code sam package} writes it: with a package in S3 in place of each
     * module's directory, and with each state machine's definition in place of its file.
     */
    public String packaged(String bucket) {
        var packaged = source.get("Resources").entries();
        packaged.replaceAll((logicalId, node) -> {
            var resource = new Resource(node);
            return switch (resource.type()) {
                case "AWS::Serverless::Function" ->
                    resource.replace(
                            "CodeUri", "CodeUri", new TemplateNode("s3://" + bucket + "/" + logicalId + ".zip"));
                case "AWS::Serverless::StateMachine" ->
                    resource.replace("DefinitionUri", "Definition", definition(resource));
                default -> node;
            };
        });
        return Json.string(
                source.with("Resources", TemplateNode.mapping(packaged)).value());
    }

    private TemplateNode definition(Resource stateMachine) {
        Path asl = file.resolveSibling(
                stateMachine.properties().get("DefinitionUri").text());
        try {
            return new TemplateNode(Yaml.parse(Files.readString(asl)));
        } catch (IOException | YAMLException e) {
            throw new LocalException("The state machine's definition " + asl + " can't be read: " + e.getMessage(), e);
        }
    }

    private List<Route> routes(TemplateNode definition) {
        TemplateNode schemes = definition.get("components").get("securitySchemes");
        var routes = new ArrayList<Route>();
        definition.get("paths").entries().forEach((path, operations) -> operations
                .entries()
                .forEach((method, operation) -> {
                    if (METHODS.contains(method)) {
                        String where = method + " " + path;
                        TemplateNode uri =
                                operation.get("x-amazon-apigateway-integration").get("uri");
                        TemplateNode security = (operation.has("security") ? operation : definition).get("security");
                        routes.add(Route.of(method, path, functionIn(uri, where), access(security, schemes, where)));
                    }
                }));
        return routes;
    }

    private Route.Access access(TemplateNode security, TemplateNode schemes, String where) {
        if (security.elements().isEmpty()) {
            return new Route.Access.Open();
        }
        String name =
                security.elements().getFirst().entries().keySet().iterator().next();
        TemplateNode scheme = schemes.get(name);
        if (scheme.get("x-amazon-apigateway-authtype").text().equals("awsSigv4")) {
            return new Route.Access.Iam();
        }
        TemplateNode authorizer = scheme.get("x-amazon-apigateway-authorizer");
        if (authorizer.get("type").text().equals("request")) {
            String identity = authorizer.get("identitySource").text();
            return new Route.Access.Authorizer(
                    functionIn(authorizer.get("authorizerUri"), where),
                    identity.isEmpty() ? null : identity.substring(identity.lastIndexOf('.') + 1));
        }
        throw new LocalException("The security scheme \"" + name + "\" of " + where + " in " + file
                + " is neither awsSigv4 nor a Lambda authorizer of type request.");
    }

    private String functionIn(TemplateNode uri, String where) {
        var match = FUNCTION_IN_URI.matcher(uri.text());
        if (!match.find()) {
            throw new LocalException("The integration of " + where + " in " + file
                    + " names no function as ${SomeFunction.Alias} or ${SomeFunction.Arn}.");
        }
        return match.group(1);
    }

    /** The resources of a type whose condition holds, by logical id. */
    private Map<String, Resource> deployed(String type) {
        var found = new LinkedHashMap<String, Resource>();
        source.get("Resources").entries().forEach((logicalId, node) -> {
            var resource = new Resource(node);
            boolean holds = !node.has("Condition")
                    || evaluator.holds(node.get("Condition").text());
            if (resource.type().equals(type) && holds) {
                found.put(logicalId, resource);
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
}
