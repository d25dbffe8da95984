package dev.wakebox.local.httpapi;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP API of API Gateway: its routes and its CORS rules.
 *
 * @param stages below whose names it is served, as it is at the root
 */
public record HttpApi(List<Route> routes, Optional<Cors> cors, List<String> stages) {
    private static final String DEFAULT_STAGE = "$default";

    /**
     * The route of a request.
     *
     * @param pathParameters of the route's path, decoded
     */
    public record Match(Route route, Map<String, String> pathParameters) {}

    /** The base path for clients: empty, or a slash and a stage. */
    public String basePath() {
        return stages.isEmpty() ? "" : "/" + stages.getFirst();
    }

    /** The stage of a request: the one that begins its path, or the one at the root. */
    public String stage(String path) {
        return stages.stream()
                .filter(stage -> path.equals("/" + stage) || path.startsWith("/" + stage + "/"))
                .findFirst()
                .orElse(DEFAULT_STAGE);
    }

    /** The path of a request below its stage. */
    public String belowStage(String path) {
        String stage = stage(path);
        return stage.equals(DEFAULT_STAGE) ? path : path.substring(1 + stage.length());
    }

    /** The most specific route for this request; empty if none matches. */
    public Optional<Match> match(String method, String path) {
        return match(method, path, TrailingSlash.GREEDY);
    }

    /** As {@link #match(String, String)}, with this treatment of slashes at the end of a path. */
    public Optional<Match> match(String method, String requestPath, TrailingSlash slash) {
        boolean dropped = slash == TrailingSlash.IGNORED && requestPath.length() > 1 && requestPath.endsWith("/");
        String path = dropped ? requestPath.substring(0, requestPath.length() - 1) : requestPath;
        return routes.stream()
                .filter(route -> route.takes(method))
                .sorted(Comparator.comparingInt(Route::specificity)
                        .thenComparingInt(route -> route.path().length())
                        .reversed())
                .flatMap(
                        route -> route.parameters(path, slash).map(parameters -> new Match(route, parameters)).stream())
                .findFirst();
    }
}
