package dev.wakebox.conformance;

import static java.util.Objects.requireNonNull;

import dev.wakebox.conformance.Expected.Absent;
import dev.wakebox.conformance.Expected.Has;
import dev.wakebox.conformance.Expected.Is;
import dev.wakebox.conformance.Expected.JsonText;
import dev.wakebox.conformance.Expected.Kind;
import dev.wakebox.conformance.Expected.Matches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * What a client does, step by step, read from a file: {@code tests/conformance/README.md} has its form.
 *
 * @param says what the client does
 * @param sources the public files that show it
 */
record Exchange(String says, List<String> sources, List<Step> steps) {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");
    private static final Set<String> BODIES = Set.of("json", "text", "file");

    /**
     * One request, and the part of its answer that the client reads.
     *
     * @param within for how long the request is repeated until the answer is as expected; zero for one request
     * @param save values for later steps: a name and the path of the value in the answer, such as {@code data.id}, or a
     *     {@link Matches} whose first group is the value
     */
    record Step(String name, Request request, Duration within, Expected answer, Map<String, Object> save) {}

    /**
     * A request before {@code ${names}} are replaced.
     *
     * @param sign the service that the request is signed for, as AWS names it in signatures; null for an unsigned
     *     request
     * @param json the body as JSON; null for none
     * @param text the body as text; null for none
     * @param bytes the body, sent as it is; null for none
     */
    record Request(
            String method,
            String url,
            @Nullable String sign,
            Map<String, Object> headers,
            @Nullable Object json,
            @Nullable String text,
            byte @Nullable [] bytes) {}

    /** @throws IllegalArgumentException that names the file, the step and the invalid key */
    static Exchange read(Path file) {
        try {
            var whole = object(new Yaml(new Tags()).load(Files.readString(file)), "the file");
            allow(whole, Set.of("says", "source", "steps"), "the file");
            var steps = new ArrayList<Step>();
            for (Object each : list(whole, "steps")) {
                steps.add(step(object(each, "step " + (steps.size() + 1)), file.resolveSibling("")));
            }
            return new Exchange(
                    string(whole, "says"),
                    list(whole, "source").stream().map(String::valueOf).toList(),
                    steps);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(file.getFileName() + ": " + e.getMessage(), e);
        }
    }

    private static Step step(Map<String, @Nullable Object> step, Path folder) throws IOException {
        String name = string(step, "step");
        try {
            var allowed = new HashSet<>(Set.of("step", "sign", "headers", "within", "answer", "save"));
            allowed.addAll(METHODS);
            allowed.addAll(BODIES);
            allow(step, allowed, "the step");
            String method = one(step, METHODS);
            var file = step.get("file");
            var answer = object(step.get("answer"), "answer");
            allow(answer, Set.of("status", "headers", "json", "text"), "answer");
            return new Step(
                    name,
                    new Request(
                            method,
                            string(step, method),
                            (String) step.get("sign"),
                            objectOrNone(step.get("headers")),
                            step.get("json"),
                            (String) step.get("text"),
                            file == null ? null : Files.readAllBytes(folder.resolve(String.valueOf(file)))),
                    step.get("within") instanceof String within
                            ? Duration.parse("PT" + within.toUpperCase(Locale.ROOT))
                            : Duration.ZERO,
                    new Expected(
                            (Integer) requireNonNull(answer.get("status"), "answer.status is missing"),
                            objectOrNone(answer.get("headers")),
                            answer.get("json"),
                            answer.get("text")),
                    objectOrNone(step.get("save")));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("step \"" + name + "\": " + e.getMessage(), e);
        }
    }

    private static String one(Map<String, @Nullable Object> step, Set<String> of) {
        var found = step.keySet().stream().filter(of::contains).toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException("needs one of " + of + ", has " + found);
        }
        return found.getFirst();
    }

    private static void allow(Map<String, @Nullable Object> object, Set<String> keys, String what) {
        for (String key : object.keySet()) {
            if (!keys.contains(key)) {
                throw new IllegalArgumentException("\"" + key + "\" of " + what + " is unknown; there are " + keys);
            }
        }
    }

    private static String string(Map<String, @Nullable Object> object, String key) {
        return (String) requireNonNull(object.get(key), key + " is missing");
    }

    private static List<?> list(Map<String, @Nullable Object> object, String key) {
        if (object.get(key) instanceof List<?> list && !list.isEmpty()) {
            return list;
        }
        throw new IllegalArgumentException(key + " must be a list of one or more");
    }

    @SuppressWarnings("unchecked") // keys of these files are strings
    private static Map<String, @Nullable Object> object(@Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new IllegalArgumentException(what + " must be an object");
    }

    private static Map<String, Object> objectOrNone(@Nullable Object value) {
        var present = new LinkedHashMap<String, Object>();
        if (value != null) {
            object(value, "headers or save").forEach((key, each) -> present.put(key, requireNonNull(each, key)));
        }
        return present;
    }

    /** YAML with this project's tags; a duplicate key is an error, and dates stay strings. */
    private static final class Tags extends SafeConstructor {
        Tags() {
            super(options());
            yamlConstructors.put(Tag.TIMESTAMP, yamlConstructors.get(Tag.STR));
            tag("!matches", node -> new Matches(scalar(node)));
            tag("!is", node -> new Is(Kind.valueOf(scalar(node).toUpperCase(Locale.ROOT))));
            tag("!absent", _ -> new Absent());
            tag("!has", node -> new Has(constructSequence((SequenceNode) node)));
            tag("!json", node -> new JsonText(value(node)));
        }

        private static LoaderOptions options() {
            var options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            return options;
        }

        private interface Made {
            Object of(Node node);
        }

        private void tag(String tag, Made made) {
            yamlConstructors.put(new Tag(tag), new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    return made.of(node);
                }
            });
        }

        private Object value(Node node) {
            return switch (node) {
                case MappingNode mapping -> constructMapping(mapping);
                case SequenceNode sequence -> constructSequence(sequence);
                default -> scalar(node);
            };
        }

        private static String scalar(Node node) {
            return ((ScalarNode) node).getValue();
        }
    }
}
