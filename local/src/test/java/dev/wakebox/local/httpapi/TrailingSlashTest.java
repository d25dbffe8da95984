package dev.wakebox.local.httpapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.template.Template;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every route of template.yaml with a trailing slash, under each reported behaviour of API Gateway. */
class TrailingSlashTest {
    private static final Path TEMPLATE = Path.of("../template.yaml");

    /** Parameters with which every condition of a route is true. */
    private static final Map<String, String> EVERYTHING = Map.of(
            "PlatformTokenArn", "arn:aws:secretsmanager:us-east-1:000000000000:secret:token",
            "ProcessingInstanceId", "i-1",
            "TrainingInstanceId", "i-2",
            "RequireAuth", "true");

    static Stream<Route> routes() {
        return api().routes().stream().filter(route -> !route.path().contains("+}"));
    }

    private static HttpApi api() {
        return Template.read(
                        TEMPLATE,
                        EVERYTHING,
                        Map.of(
                                "AWS::StackName", "wakebox",
                                "AWS::AccountId", "000000000000",
                                "AWS::Region", "us-east-1",
                                "AWS::Partition", "aws",
                                "AWS::URLSuffix", "amazonaws.com"))
                .httpApi();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void match_whenAPathEndsWithASlash_isTheSameFunctionForTheSamePeople(Route route) {
        String path = route.path().replaceAll("\\{\\w+}", "value");

        for (TrailingSlash slash : List.of(TrailingSlash.IGNORED, TrailingSlash.GREEDY)) {
            var match = api().match(route.method(), path + "/", slash).orElseThrow();

            assertThat(match.route().function()).as(slash.name()).isEqualTo(route.function());
            assertThat(match.route().access()).as(slash.name()).isEqualTo(route.access());
            route.names().forEach(name -> assertThat(match.pathParameters()).containsEntry(name, "value"));
        }
    }

    /** A request with a trailing slash never reaches a function through a route with weaker authorization. */
    @ParameterizedTest
    @MethodSource("routes")
    void match_whenAGreedyRouteNeedsASegment_neverEvadesTheAuthorizer(Route route) {
        String path = route.path().replaceAll("\\{\\w+}", "value");

        var match = api().match(route.method(), path + "/", TrailingSlash.SEGMENT);

        boolean open = route.access() instanceof Route.Access.Open;
        if (!open && match.isPresent() && match.get().route().function().equals(route.function())) {
            assertThat(match.get().route().access()).isEqualTo(route.access());
        }
    }

    @ParameterizedTest
    @EnumSource
    void match_whenTheRealClientAsks_reachesTheClassifierInAnyCase(TrailingSlash slash) {
        var match = api().match("GET", "/classifier/questions/", slash).orElseThrow();

        assertThat(match.route().function()).isEqualTo("ClassifierPredictFunction");
        assertThat(match.route().access()).isEqualTo(new Route.Access.Open());
    }

    @ParameterizedTest
    @EnumSource
    void match_whenTheInstanceIsToBeStopped_needsIamWhateverFollows(TrailingSlash slash) {
        for (String path : List.of("/stop", "/stop/", "/stop//", "/stop/x", "/start/", "/start/x/")) {
            api().match("POST", path, slash)
                    .ifPresent(
                            match -> assertThat(match.route().access()).as(path).isEqualTo(new Route.Access.Iam()));
        }
        assertThat(api().match("POST", "/nothing/", slash)).isEmpty();
        assertThat(api().match("GET", "/stop/", slash)).isEmpty();
    }
}
