package dev.wakebox.local;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * CloudFormation's functions over parameters and conditions. What depends on a resource stays as it is: {@code
 * ${TrainFunction.Alias}} in a {@code Fn::Sub} is kept literally.
 */
final class Evaluator {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(!?[^}]+)}");

    private final Map<String, @Nullable Object> conditions;
    private final Map<String, Object> values;

    /** @param values of parameters and pseudo parameters, by name: texts, and lists of texts */
    Evaluator(Map<String, @Nullable Object> conditions, Map<String, Object> values) {
        this.conditions = conditions;
        this.values = values;
    }

    /** The value with every function in it carried out. */
    @Nullable
    Object evaluate(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map when map.size() == 1 -> function(map);
            case Map<?, ?> map -> evaluateEntries(map);
            case List<?> list ->
                list.stream()
                        .map(this::evaluate)
                        .filter(element -> !Map.of("Ref", "AWS::NoValue").equals(element))
                        .toList();
            case null, default -> value;
        };
    }

    /** Whether a named condition holds. */
    boolean holds(String condition) {
        if (!conditions.containsKey(condition)) {
            throw new LocalException("The template uses the condition \"" + condition + "\" but doesn't define it.");
        }
        return Boolean.TRUE.equals(evaluate(conditions.get(condition)));
    }

    private @Nullable Object function(Map<?, ?> map) {
        var entry = map.entrySet().iterator().next();
        Object argument = entry.getValue();
        return switch (String.valueOf(entry.getKey())) {
            case "Ref" -> values.containsKey(String.valueOf(argument)) ? values.get(String.valueOf(argument)) : map;
            case "Condition" -> argument instanceof String name && conditions.containsKey(name) ? holds(name) : map;
            case "Fn::If" -> {
                List<?> arguments = list(argument);
                yield evaluate(holds(String.valueOf(arguments.get(0))) ? arguments.get(1) : arguments.get(2));
            }
            case "Fn::Equals" -> {
                List<?> arguments = list(evaluate(argument));
                yield String.valueOf(arguments.get(0)).equals(String.valueOf(arguments.get(1)));
            }
            case "Fn::Not" -> !Boolean.TRUE.equals(list(evaluate(argument)).getFirst());
            case "Fn::And" -> list(evaluate(argument)).stream().allMatch(Boolean.TRUE::equals);
            case "Fn::Or" -> list(evaluate(argument)).stream().anyMatch(Boolean.TRUE::equals);
            case "Fn::Join" -> {
                List<?> arguments = list(evaluate(argument));
                yield String.join(
                        String.valueOf(arguments.get(0)),
                        list(arguments.get(1)).stream().map(String::valueOf).toList());
            }
            case "Fn::Sub" -> substitute(argument);
            default -> evaluateEntries(map);
        };
    }

    private String substitute(@Nullable Object argument) {
        var known = new HashMap<String, String>();
        values.forEach((name, value) -> known.put(name, value.toString()));
        if (argument instanceof List<?> list && list.get(1) instanceof Map<?, ?> own) {
            own.forEach((name, value) -> known.put(String.valueOf(name), String.valueOf(evaluate(value))));
        }
        String text = String.valueOf(argument instanceof List<?> list ? list.getFirst() : argument);
        return VARIABLE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(variable(match, known)));
    }

    private static String variable(MatchResult match, Map<String, String> known) {
        String name = match.group(1);
        return name.startsWith("!") ? "${" + name.substring(1) + "}" : known.getOrDefault(name, match.group());
    }

    private Map<String, @Nullable Object> evaluateEntries(Map<?, ?> map) {
        var evaluated = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, value) -> evaluated.put(String.valueOf(key), evaluate(value)));
        return evaluated;
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new LocalException("The template has a function whose arguments are not a list: " + value);
    }
}
