package dev.wakebox.local;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An HTTP API of API Gateway: what it answers, and to pages of which origins. */
record HttpApi(List<Route> routes, Optional<Cors> cors) {
    /**
     * The route of a request.
     *
     * @param pathParameters of the route's path, decoded
     */
    record Match(Route route, Map<String, String> pathParameters) {}

    /** The most specific route for this request, if there is one. */
    Optional<Match> match(String method, String path) {
        return routes.stream()
                .filter(route -> route.takes(method))
                .sorted(Comparator.comparingInt(Route::specificity).reversed())
                .flatMap(route -> route.parameters(path).map(parameters -> new Match(route, parameters)).stream())
                .findFirst();
    }
}
