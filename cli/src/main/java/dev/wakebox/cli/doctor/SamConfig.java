package dev.wakebox.cli.doctor;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;

/**
 * What a configuration of the SAM CLI says about a deployment.
 *
 * @param parameters of {@code parameter_overrides}
 */
public record SamConfig(Optional<String> stackName, Optional<String> region, Map<String, String> parameters) {
    /** Where SAM finds settings of {@code sam deploy}, the more special one first. */
    private static final List<String> SECTIONS = List.of("deploy", "global");

    /** A name and a value, in quotes if it has spaces. */
    private static final Pattern OVERRIDE =
            Pattern.compile("\\s*(?:ParameterKey=)?(\\w+)(?:,ParameterValue)?=(?:\"([^\"]*)\"|'([^']*)'|(\\S*))");

    public SamConfig {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Reads a configuration environment of a file.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} if the file is no TOML or has no such environment
     */
    public static SamConfig read(Path file, String environment) throws IOException {
        TomlParseResult toml = Toml.parse(file);
        if (toml.hasErrors()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, file + ": " + toml.errors().getFirst());
        }
        if (!toml.isTable(List.of(environment))) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    file + " has no environment \"" + environment + "\"; it has " + String.join(", ", toml.keySet())
                            + ". Name one with --config-env.");
        }
        return new SamConfig(
                text(toml, environment, "stack_name"), text(toml, environment, "region"), overrides(toml, environment));
    }

    /** Reads one override, such as {@code TrainingInstanceId=i-0123456789abcdef0}. */
    public static Map<String, String> override(String text) {
        var values = new LinkedHashMap<String, String>();
        add(text, values);
        return values;
    }

    private static Optional<String> text(TomlParseResult toml, String environment, String key) {
        return SECTIONS.stream()
                .map(section -> toml.get(List.of(environment, section, "parameters", key)))
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .findFirst();
    }

    private static Map<String, String> overrides(TomlParseResult toml, String environment) {
        var values = new LinkedHashMap<String, String>();
        for (String section : SECTIONS.reversed()) {
            Object overrides = toml.get(List.of(environment, section, "parameters", "parameter_overrides"));
            if (overrides instanceof String text) {
                add(text, values);
            } else if (overrides instanceof TomlArray array) {
                IntStream.range(0, array.size()).forEach(index -> add(String.valueOf(array.get(index)), values));
            }
        }
        return values;
    }

    private static void add(String text, Map<String, String> values) {
        Matcher override = OVERRIDE.matcher(text);
        int end = 0;
        while (override.find() && override.start() == end) {
            String quoted = override.group(2) == null ? override.group(3) : override.group(2);
            values.put(override.group(1), quoted == null ? override.group(4) : quoted);
            end = override.end();
        }
        if (!text.substring(end).isBlank()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, "\"" + text.strip() + "\" is not of the form NAME=VALUE.");
        }
    }
}
