package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.execution.Documents;
import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.OutputCheck;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The original's results for execution documents, as data: its commands, the key of {@code execution.json}, the object
 * that it looks for, and its RunInstances request, at four hours of the day each.
 */
class ExecutionsOfTheOriginalTest {
    /** Our own documents in the original's schema. */
    private static final Path OURS = Path.of("src", "test", "resources", "executions");

    /** Real documents. They are not in the repository, but next to it or next to a directory with its worktrees. */
    private static final Optional<Path> REAL = Stream.of("../../../shared", "../../../../shared")
            .map(shared -> Path.of(shared, "data", "executions", "golden"))
            .filter(Files::isDirectory)
            .findFirst();

    @Test
    void documentsOfOurOwn_atEachHour_areTakenAsTheOriginalTakesThem() throws IOException {
        var played = play(OURS);

        assertThat(played.differences()).isEmpty();
        assertThat(played.cases()).isEqualTo(128);
    }

    @Test
    void realDocuments_atEachHour_areTakenAsTheOriginalTakesThem() throws IOException {
        Assumptions.assumeTrue(REAL.isPresent(), "the real execution documents aren't on this computer");
        var played = play(REAL.orElseThrow());

        assertThat(played.differences()).isEmpty();
        assertThat(played.cases()).isEqualTo(128);
    }

    private record Played(int cases, Map<String, String> differences) {}

    private static Played play(Path folder) throws IOException {
        var differences = new TreeMap<String, String>();
        int cases = 0;
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Map<String, @Nullable Object> golden = Json.object(Files.readAllBytes(file));
                for (Map<String, @Nullable Object> expected : objects(golden.get("cases"))) {
                    cases++;
                    Map<String, @Nullable Object> document = object(golden.get("document"));
                    var found = taken(document, text(expected.get("now")));
                    var wanted = new LinkedHashMap<>(expected);
                    wanted.put("run_instances", golden.get("run_instances"));
                    if (document.containsKey("datastream_command_options")) {
                        // The original doesn't know the output of the commands that it generates itself.
                        wanted.put("output_looked_for", found.get("output_looked_for"));
                    }
                    wanted.forEach((what, value) -> {
                        if (!Objects.equals(value, found.get(what))) {
                            differences.put(
                                    file.getFileName() + " " + expected.get("now") + " " + what,
                                    "expected " + value + " but was " + found.get(what));
                        }
                    });
                }
            }
        }
        return new Played(cases, differences);
    }

    private static Map<String, @Nullable Object> taken(Map<String, @Nullable Object> submitted, String now) {
        RunDocument document =
                Documents.started(submitted).with(now, "run", "started_at").with(now, "t0");
        Execution execution = Execution.of(document, LaunchPlan::problems);
        var taken = new LinkedHashMap<String, @Nullable Object>();
        taken.put("now", now);
        taken.put("commands", execution.commands());
        taken.put(
                "execution_json",
                execution
                        .output()
                        .map(place -> List.of(place.bucket() + "/" + place.execution()))
                        .orElse(List.of()));
        taken.put(
                "output_looked_for",
                execution
                        .check()
                        .map(OutputCheck::place)
                        .map(place -> place.bucket() + "/" + place.prefix())
                        .orElse(null));
        taken.put("run_instances", requestOf(execution));
        return taken;
    }

    /** The request without Wakebox's additions: the token, tags, and the instance's tags on volumes that have none. */
    private static Map<String, @Nullable Object> requestOf(Execution execution) {
        var request = new LinkedHashMap<String, @Nullable Object>(LaunchPlan.of(execution, "wakebox", Map.of(), false)
                .request(0, execution.run().t0(), Duration.ofMinutes(20)));
        request.remove("ClientToken");
        var tagged = execution.parameters().objects("TagSpecifications").stream()
                .map(specification -> specification.text("ResourceType"))
                .toList();
        var specifications = new ArrayList<Map<String, @Nullable Object>>();
        for (Map<String, @Nullable Object> specification : objects(request.get("TagSpecifications"))) {
            var tags = objects(specification.get("Tags")).stream()
                    .filter(tag -> !text(tag.get("Key")).startsWith("wakebox:"))
                    .toList();
            if (!tags.isEmpty() && tagged.contains(text(specification.get("ResourceType")))) {
                var kept = new LinkedHashMap<>(specification);
                kept.put("Tags", tags);
                specifications.add(kept);
            }
        }
        request.put("TagSpecifications", specifications);
        return request;
    }

    private static List<Map<String, @Nullable Object>> objects(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(ExecutionsOfTheOriginalTest::object).toList()
                : List.of();
    }

    private static Map<String, @Nullable Object> object(@Nullable Object value) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        ((Map<?, ?>) Objects.requireNonNull(value)).forEach((key, entry) -> object.put((String) key, entry));
        return object;
    }

    private static String text(@Nullable Object value) {
        return String.valueOf(value);
    }
}
