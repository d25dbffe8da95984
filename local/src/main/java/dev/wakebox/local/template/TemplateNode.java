package dev.wakebox.local.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value in a template: a mapping, a list, a scalar or nothing. A reader that expects another kind of value gets an
 * empty one.
 *
 * @param value as {@link Yaml} returns it
 */
record TemplateNode(@Nullable Object value) {
    static TemplateNode mapping(Map<String, TemplateNode> entries) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        entries.forEach((key, node) -> values.put(key, node.value));
        return new TemplateNode(values);
    }

    boolean exists() {
        return value != null;
    }

    boolean isMapping() {
        return value instanceof Map<?, ?>;
    }

    boolean isList() {
        return value instanceof List<?>;
    }

    boolean isTrue() {
        return Boolean.TRUE.equals(value);
    }

    /** The scalar as text; empty for nothing. */
    String text() {
        return value == null ? "" : value.toString();
    }

    boolean has(String key) {
        return value instanceof Map<?, ?> map && map.containsKey(key);
    }

    TemplateNode get(String key) {
        return new TemplateNode(value instanceof Map<?, ?> map ? map.get(key) : null);
    }

    /** The entries of a mapping, in its order. */
    Map<String, TemplateNode> entries() {
        var entries = new LinkedHashMap<String, TemplateNode>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> entries.put(String.valueOf(key), new TemplateNode(each)));
        }
        return entries;
    }

    List<TemplateNode> elements() {
        return value instanceof List<?> list
                ? list.stream().map(TemplateNode::new).toList()
                : List.of();
    }

    /** The elements of a list as texts. */
    List<String> texts() {
        return elements().stream().map(TemplateNode::text).toList();
    }

    /** This mapping with a value at the end in place of the one of another key. */
    TemplateNode replace(String replaced, String key, TemplateNode node) {
        var entries = entries();
        entries.remove(replaced);
        entries.put(key, node);
        return mapping(entries);
    }

    /** This mapping with a value in the place of the present one. */
    TemplateNode with(String key, TemplateNode node) {
        var entries = entries();
        entries.put(key, node);
        return mapping(entries);
    }
}
