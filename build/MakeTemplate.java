import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints template.yaml, which is made from template/root.yaml and the files that it includes.
 *
 * <p>{@code # include: FILE} stands for the lines of a file, and {@code # routes: FILE} for the routes of an API description. These lines
 * get the indentation of the comment that they stand for. Files are read line by line, so that their own comments stay. An API
 * description must therefore have its paths, methods and their properties at two, four and six spaces.
 *
 * <p>{@code java build/MakeTemplate.java}, in the directory that has template/
 */
final class MakeTemplate {
    private static final Pattern DIRECTIVE = Pattern.compile("( *)# (include|routes): (\\S+)");
    private static final Pattern PROPERTY = Pattern.compile("( *)([^\\s#:]+): ?(.*)");
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "options", "head", "patch");

    /** What the security of an operation in the API description is in the template. */
    private static final Map<String, String> SECURITY = Map.of(
            "[]", "[]",
            "[{ iam: [] }]", "[{ iam: [] }]",
            "[{ jwt: [] }]", "[{ jwtOrReason: [] }]",
            "[{}, { jwt: [] }]", "!If [JwtOn, [{ jwt: [] }], []]");

    private static final String OPERATION = """
                  summary: %s
                  security: %s
                  responses: { default: { description: see api/openapi.yaml } }
                  x-amazon-apigateway-integration:
                    type: aws_proxy
                    httpMethod: POST
                    payloadFormatVersion: "2.0"
                    uri: !Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s.Arn}:live/invocations
            """;

    private MakeTemplate() {}

    public static void main(String[] arguments) throws IOException {
        try {
            var template = new ArrayList<String>();
            template.add(
                    "# Made by ./wakebox template from template/ and api/openapi.yaml. Change those files, not this one.");
            template.addAll(part("template/root.yaml"));
            System.out.writeBytes((String.join("\n", template) + "\n").getBytes(UTF_8));
        } catch (NoSuchFileException e) {
            fail("template.yaml can't be made: there is no " + e.getFile());
        } catch (IllegalArgumentException e) {
            fail("template.yaml can't be made: " + e.getMessage());
        }
    }

    private static void fail(String message) {
        System.err.println("wakebox: " + message);
        System.exit(2);
    }

    private static List<String> part(String file) throws IOException {
        var lines = new ArrayList<String>();
        for (String line : Files.readAllLines(Path.of(file))) {
            Matcher directive = DIRECTIVE.matcher(line);
            if (!directive.matches()) {
                lines.add(line);
                continue;
            }
            String indentation = directive.group(1);
            String named = directive.group(3);
            lines.add(indentation + "# " + "-".repeat(64) + " " + named);
            for (String each : directive.group(2).equals("include") ? part(named) : routes(named)) {
                lines.add(each.isEmpty() ? each : indentation + each);
            }
        }
        return lines;
    }

    /**
     * Each path twice, because a second, greedy route takes requests with a slash at the end, and again at the path for callers with
     * AWS credentials, if it has one: a route of API Gateway has one kind of authorization.
     */
    private static List<String> routes(String description) throws IOException {
        var lines = new ArrayList<String>();
        for (Route route : read(description)) {
            String greedy = route.properties().getOrDefault("x-wakebox-greedy", route.path() + "/{proxy+}");
            lines.addAll(route.at(route.path(), ""));
            lines.addAll(route.at(greedy, "The same route with a trailing slash"));
            if (route.properties().containsKey("x-wakebox-iam")) {
                lines.addAll(route.withIam().at(route.properties().get("x-wakebox-iam"), ""));
            }
        }
        return lines;
    }

    /** The paths of an API description. Other properties than those that are needed here are skipped. */
    private static List<Route> read(String description) throws IOException {
        var routes = new ArrayList<Route>();
        boolean reading = false;
        Map<String, String> operation = new HashMap<>();
        for (String line : Files.readAllLines(Path.of(description))) {
            Matcher property = PROPERTY.matcher(line);
            if (!property.matches()) {
                continue;
            }
            String name = property.group(2);
            String value = property.group(3);
            int indentation = property.group(1).length();
            if (indentation == 0) {
                reading = name.equals("paths");
            } else if (reading && indentation == 2) {
                if (!name.startsWith("/") || !value.isEmpty()) {
                    throw new IllegalArgumentException(
                            description + " must have a path with a colon, and no more, in this line: " + line);
                }
                routes.add(new Route(name, new HashMap<>(), new LinkedHashMap<>()));
            } else if (reading && indentation == 4) {
                operation = new HashMap<>();
                if (METHODS.contains(name)) {
                    routes.getLast().operations().put(name, operation);
                } else {
                    routes.getLast().properties().put(name, value);
                }
            } else if (reading && indentation == 6) {
                operation.put(name, value);
            }
        }
        return routes;
    }

    /** A path of an API description with its properties and, by method, those of its operations. */
    private record Route(String path, Map<String, String> properties, Map<String, Map<String, String>> operations) {

        /** This route for callers with AWS credentials. */
        Route withIam() {
            var signed = new LinkedHashMap<String, Map<String, String>>();
            operations.forEach((method, operation) -> {
                var changed = new HashMap<>(operation);
                changed.put("security", "[{ iam: [] }]");
                signed.put(method, changed);
            });
            return new Route(path, properties, signed);
        }

        /** The lines of the template for this route at a path; an empty summary stands for its own. */
        List<String> at(String path, String summary) {
            if (operations.isEmpty()) {
                throw new IllegalArgumentException(this.path + " has no method");
            }
            var lines = new ArrayList<String>();
            lines.add(path + ": !If");
            lines.add("  - " + needed(properties, "x-wakebox-condition", this.path));
            operations.forEach((method, operation) -> {
                String name = method + " " + this.path;
                String security = needed(operation, "security", name);
                if (!SECURITY.containsKey(security)) {
                    throw new IllegalArgumentException(
                            name + " has the security " + security + ", for which the template has no scheme");
                }
                lines.add((lines.size() == 2 ? "  - " : "    ") + method + ":");
                OPERATION
                        .formatted(
                                summary.isEmpty() ? needed(operation, "summary", name) : summary,
                                SECURITY.get(security),
                                needed(operation, "x-wakebox-function", name))
                        .lines()
                        .forEach(lines::add);
            });
            lines.add("  - {}");
            return lines;
        }

        private static String needed(Map<String, String> properties, String name, String of) {
            String value = properties.getOrDefault(name, "");
            if (value.matches("([|>].*)?")) {
                throw new IllegalArgumentException(of + " has no " + name + " in one line");
            }
            return value;
        }
    }
}
