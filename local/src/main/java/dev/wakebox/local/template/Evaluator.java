package dev.wakebox.local.template;

import dev.wakebox.local.host.LocalException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Evaluates CloudFormation's intrinsic functions over parameters and conditions. References to resources are kept:
 * {@code ${TrainFunction.Alias}} in a {@code Fn::Sub} stays literal.
 */
final class Evaluator {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(!?[^}]+)}");

    private static final TemplateNode NO_VALUE = new TemplateNode(Map.of("Ref", "AWS::NoValue"));

    private final TemplateNode conditions;
    private final Map<String, TemplateNode> values;

    /** @param values of parameters and pseudo parameters, by name: texts, and lists of texts */
    Evaluator(TemplateNode conditions, Map<String, TemplateNode> values) {
        this.conditions = conditions;
        this.values = values;
    }

    /** The value with every function in it evaluated. */
    TemplateNode evaluate(TemplateNode node) {
        if (node.isMapping()) {
            var entries = node.entries();
            return entries.size() == 1
                    ? function(node, entries.entrySet().iterator().next())
                    : evaluateEntries(node);
        }
        return node.isList()
                ? new TemplateNode(node.elements().stream()
                        .map(this::evaluate)
                        .filter(element -> !element.equals(NO_VALUE))
                        .map(TemplateNode::value)
                        .toList())
                : node;
    }

    /** Whether a named condition holds. */
    boolean holds(String condition) {
        if (!conditions.has(condition)) {
            throw new LocalException("The template uses the condition \"" + condition + "\" but doesn't define it.");
        }
        return evaluate(conditions.get(condition)).isTrue();
    }

    private TemplateNode function(TemplateNode node, Map.Entry<String, TemplateNode> entry) {
        TemplateNode argument = entry.getValue();
        return switch (entry.getKey()) {
            case "Ref" -> values.getOrDefault(argument.text(), node);
            case "Condition" -> conditions.has(argument.text()) ? new TemplateNode(holds(argument.text())) : node;
            case "Fn::If" -> {
                var arguments = list(argument);
                yield evaluate(arguments.get(holds(arguments.get(0).text()) ? 1 : 2));
            }
            case "Fn::Equals" -> {
                var arguments = list(evaluate(argument));
                yield new TemplateNode(
                        arguments.get(0).text().equals(arguments.get(1).text()));
            }
            case "Fn::Not" ->
                new TemplateNode(!list(evaluate(argument)).getFirst().isTrue());
            case "Fn::And" -> new TemplateNode(list(evaluate(argument)).stream().allMatch(TemplateNode::isTrue));
            case "Fn::Or" -> new TemplateNode(list(evaluate(argument)).stream().anyMatch(TemplateNode::isTrue));
            case "Fn::Join" -> {
                var arguments = list(evaluate(argument));
                yield new TemplateNode(String.join(
                        arguments.get(0).text(),
                        list(arguments.get(1)).stream().map(TemplateNode::text).toList()));
            }
            case "Fn::Split" -> {
                var arguments = list(evaluate(argument));
                String separator = Pattern.quote(arguments.get(0).text());
                yield new TemplateNode(List.of(arguments.get(1).text().split(separator, -1)));
            }
            case "Fn::Sub" -> new TemplateNode(substitute(argument));
            default -> evaluateEntries(node);
        };
    }

    private String substitute(TemplateNode argument) {
        var known = new HashMap<String, String>();
        values.forEach((name, value) -> known.put(name, value.text()));
        var arguments = argument.elements();
        if (arguments.size() > 1) {
            arguments
                    .get(1)
                    .entries()
                    .forEach((name, value) -> known.put(name, evaluate(value).text()));
        }
        String text = (arguments.isEmpty() ? argument : arguments.getFirst()).text();
        return VARIABLE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(variable(match, known)));
    }

    private static String variable(MatchResult match, Map<String, String> known) {
        String name = match.group(1);
        return name.startsWith("!") ? "${" + name.substring(1) + "}" : known.getOrDefault(name, match.group());
    }

    private TemplateNode evaluateEntries(TemplateNode node) {
        var entries = node.entries();
        entries.replaceAll((_, value) -> evaluate(value));
        return TemplateNode.mapping(entries);
    }

    private static List<TemplateNode> list(TemplateNode node) {
        if (node.isList()) {
            return node.elements();
        }
        throw new LocalException("The template has a function whose arguments are not a list: " + node.value());
    }
}
