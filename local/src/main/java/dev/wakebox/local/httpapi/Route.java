package dev.wakebox.local.httpapi;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One route of an HTTP API.
 *
 * @param method in upper case, or {@code ANY}
 * @param path as in the template, like {@code /jobs/{id}}
 * @param function the logical id of the function that answers
 */
public record Route(String method, String path, String function, Access access, Pattern pattern, List<String> names) {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}+]+)(\\+?)}");

    /** The authorization of a route. */
    public sealed interface Access {
        /** Every request is accepted. */
        record Open() implements Access {}

        /** Requests need a signature with AWS credentials that are known here. */
        record Iam() implements Access {}

        /**
         * Requests need the approval of a function.
         *
         * @param function its logical id
         * @param header the identity source, without which the request is refused at once; null to invoke the function
         *     in any case
         */
        record Authorizer(String function, @Nullable String header) implements Access {}
    }

    public static Route of(String method, String path, String function, Access access) {
        var names = new ArrayList<String>();
        var regex = new StringBuilder();
        var parameter = PARAMETER.matcher(path);
        int end = 0;
        while (parameter.find()) {
            regex.append(Pattern.quote(path.substring(end, parameter.start())));
            regex.append(parameter.group(2).isEmpty() ? "([^/]+)" : "(.*)");
            names.add(parameter.group(1));
            end = parameter.end();
        }
        regex.append(Pattern.quote(path.substring(end)));
        String verb = method.equals("x-amazon-apigateway-any-method") ? "ANY" : method.toUpperCase(Locale.ROOT);
        return new Route(verb, path, function, access, Pattern.compile(regex.toString()), List.copyOf(names));
    }

    /** The route key of API Gateway, such as {@code GET /status}. */
    public String key() {
        return method + " " + path;
    }

    boolean takes(String requestMethod) {
        return method.equals("ANY") || method.equals(requestMethod);
    }

    /** The priority of the route: higher for a path with fewer variables. */
    int specificity() {
        int open = path.contains("+}") ? 2 : names.isEmpty() ? 0 : 1;
        return -2 * open - (method.equals("ANY") ? 1 : 0);
    }

    /** The decoded path parameters; empty when the request doesn't match the path. */
    Optional<Map<String, String>> parameters(String requestPath, TrailingSlash slash) {
        var match = pattern.matcher(requestPath);
        if (!match.matches()) {
            return Optional.empty();
        }
        if (path.endsWith("+}")
                && slash != TrailingSlash.GREEDY
                && match.group(names.size()).isEmpty()) {
            return Optional.empty();
        }
        var parameters = new LinkedHashMap<String, String>();
        for (int i = 0; i < names.size(); i++) {
            parameters.put(names.get(i), decode(match.group(i + 1)));
        }
        return Optional.of(parameters);
    }

    private static String decode(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
