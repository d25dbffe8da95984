package dev.wakebox.local;

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
record Route(String method, String path, String function, Access access, Pattern pattern, List<String> names) {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}+]+)(\\+?)}");

    /** Who may call. */
    sealed interface Access {
        /** Anybody. */
        record Open() implements Access {}

        /** Whoever signs with AWS credentials that are known here. */
        record Iam() implements Access {}

        /**
         * Whom a function lets in.
         *
         * @param function its logical id
         * @param header that carries who is calling, without which nobody is asked; null to ask in any case
         */
        record Authorizer(String function, @Nullable String header) implements Access {}
    }

    static Route of(String method, String path, String function, Access access) {
        var names = new ArrayList<String>();
        var regex = new StringBuilder();
        var parameter = PARAMETER.matcher(path);
        int end = 0;
        while (parameter.find()) {
            regex.append(Pattern.quote(path.substring(end, parameter.start())));
            regex.append(parameter.group(2).isEmpty() ? "([^/]+)" : "(.+)");
            names.add(parameter.group(1));
            end = parameter.end();
        }
        regex.append(Pattern.quote(path.substring(end)));
        String verb = method.equals("x-amazon-apigateway-any-method") ? "ANY" : method.toUpperCase(Locale.ROOT);
        return new Route(verb, path, function, access, Pattern.compile(regex.toString()), List.copyOf(names));
    }

    /** As API Gateway writes it, like {@code GET /status}. */
    String key() {
        return method + " " + path;
    }

    boolean takes(String requestMethod) {
        return method.equals("ANY") || method.equals(requestMethod);
    }

    /** Higher where the path leaves less open. */
    int specificity() {
        int open = path.contains("+}") ? 2 : names.isEmpty() ? 0 : 1;
        return -2 * open - (method.equals("ANY") ? 1 : 0);
    }

    /** The path's parameters, decoded, or empty when this isn't the route's path. */
    Optional<Map<String, String>> parameters(String requestPath) {
        var match = pattern.matcher(requestPath);
        if (!match.matches()) {
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
