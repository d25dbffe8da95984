package dev.wakebox.conformance;

import static java.util.Objects.requireNonNull;

import dev.wakebox.local.ApplicationConfig;
import dev.wakebox.local.LocalApplication;
import dev.wakebox.local.page.PageStandIn;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Every exchange of {@code tests/conformance/exchanges/} against the running application: a container for each folder,
 * a test for each file. Folders whose {@code application.yaml} has the same parameters share one application. Folders
 * are played at the same time; the exchanges of a folder run one after the other, because they share an instance or a
 * mentor.
 */
class ConformanceTest {
    private static final Path ROOT = Path.of(System.getProperty("wakebox.root"));
    private static final Path EXCHANGES = ROOT.resolve("tests/conformance/exchanges");
    private static final String APPLICATION = "application.yaml";

    /** Folders whose exchanges share nothing: each execution has its own instance. */
    private static final Set<String> INDEPENDENT = Set.of("ngen-datastream");

    @TempDir
    static Path directory;

    private static final Player PLAYER = new Player();
    private static final PageStandIn PAGE = PageStandIn.start(0);
    private static final Map<Map<String, String>, LocalApplication> APPLICATIONS = new HashMap<>();

    @AfterAll
    static void end() {
        APPLICATIONS.values().forEach(LocalApplication::close);
        PAGE.close();
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicContainer> client_whenItsRequestsArePlayed_readsWhatItReadsOfTheOriginal() {
        return files(EXCHANGES).stream()
                .map(folder -> DynamicContainer.dynamicContainer(container -> container
                        .displayName(name(folder))
                        .executionMode(ExecutionMode.CONCURRENT)
                        .childExecutionMode(
                                INDEPENDENT.contains(name(folder))
                                        ? ExecutionMode.CONCURRENT
                                        : ExecutionMode.SAME_THREAD)
                        .children(files(folder).stream()
                                .filter(file -> file.toString().endsWith(".yaml") && !file.endsWith(APPLICATION))
                                .map(file -> DynamicTest.dynamicTest(
                                        name(folder) + "/" + name(file).replace(".yaml", ""),
                                        file.toUri(),
                                        () -> PLAYER.play(Exchange.read(file), values(parameters(folder))))))));
    }

    /**
     * The variables of the application with these parameters. Starts it if it isn't running, one application at a time.
     */
    private static synchronized Map<String, String> values(Map<String, String> parameters) {
        var application = APPLICATIONS.computeIfAbsent(parameters, ConformanceTest::started);
        var values = new TreeMap<String, String>();
        flatten("", Json.object(Json.bytes(application.facts())), values);
        values.put("host", application.api().resolve("/").toString().replaceAll("/$", ""));
        values.put("page", PAGE.uri().toString());
        values.put("bucket", values.get("aws") + "/" + values.get("outputs.DataBucketName"));
        values.put("models", values.get("aws") + "/" + values.get("outputs.ModelsBucketName"));
        values.put("graphql", requireNonNull(values.get("graphql")).replaceAll("/graphql$", ""));
        return values;
    }

    private static LocalApplication started(Map<String, String> parameters) {
        var config = ApplicationConfig.of(
                ROOT, directory.resolve("run" + parameters.hashCode()), Path.of(System.getProperty("wakebox.python")));
        return LocalApplication.start(new ApplicationConfig(
                config.root(),
                config.directory(),
                config.python(),
                0,
                0,
                config.stack(),
                parameters,
                config.progress()));
    }

    private static void flatten(String prefix, Map<?, ?> facts, Map<String, String> into) {
        facts.forEach((key, value) -> {
            if (value instanceof Map<?, ?> map) {
                flatten(prefix + key + ".", map, into);
            } else {
                into.put(prefix + key, String.valueOf(value));
            }
        });
    }

    private static Map<String, String> parameters(Path folder) {
        Path file = folder.resolve(APPLICATION);
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            Map<String, Object> parameters =
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
            var strings = new TreeMap<String, String>();
            var variables = new Variables(Map.of("page", PAGE.uri().toString()));
            parameters.forEach((key, value) -> strings.put(key, variables.in(String.valueOf(value))));
            return strings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path folder) {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
