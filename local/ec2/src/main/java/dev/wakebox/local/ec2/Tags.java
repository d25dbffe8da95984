package dev.wakebox.local.ec2;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.model.Tag;

/** EC2's tags, ordered by their keys. */
final class Tags {
    private Tags() {}

    static Map<String, String> map(List<Tag> tags) {
        Map<String, String> map = new TreeMap<>();
        tags.forEach(
                tag -> map.put(ApiException.required("Key", tag.key()), Objects.requireNonNullElse(tag.value(), "")));
        return map;
    }

    static List<Tag> list(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
