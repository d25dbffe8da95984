package dev.wakebox.local.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** Reads CloudFormation's YAML as plain maps: {@code !Sub x} becomes {@code {"Fn::Sub": "x"}}, and dates stay text. */
public final class Yaml {
    private Yaml() {}

    /** @throws YAMLException with line and column when the text isn't one YAML mapping */
    @SuppressWarnings("unchecked") // a template's keys are strings
    public static Map<String, @Nullable Object> parse(String yaml) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        var loader = new org.yaml.snakeyaml.Yaml(
                new Intrinsics(options),
                new Representer(new DumperOptions()),
                new DumperOptions(),
                options,
                new Types());
        if (loader.load(yaml) instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new YAMLException("it is not a mapping of keys to values");
    }

    private static final class Intrinsics extends SafeConstructor {
        Intrinsics(LoaderOptions options) {
            super(options);
            yamlMultiConstructors.put("!", new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    String name = node.getTag().getValue().substring(1);
                    Object value =
                            switch (node) {
                                case ScalarNode scalar ->
                                    name.equals("GetAtt")
                                            ? List.of(scalar.getValue().split("\\.", 2))
                                            : scalar.getValue();
                                case SequenceNode sequence -> constructSequence(sequence);
                                case MappingNode mapping -> constructMapping(mapping);
                                default -> throw new YAMLException("unexpected " + node.getNodeId());
                            };
                    return Map.of(name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name, value);
                }
            });
        }
    }

    private static final class Types extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, BOOL, "yYnNtTfFoO");
            addImplicitResolver(Tag.INT, INT, "-+0123456789");
            addImplicitResolver(Tag.FLOAT, FLOAT, "-+0123456789.");
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }
}
