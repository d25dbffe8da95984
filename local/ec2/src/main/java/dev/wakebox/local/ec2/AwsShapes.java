package dev.wakebox.local.ec2;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.utils.builder.Buildable;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/**
 * Reads requests into the AWS SDK's own types and takes its answers apart, by the SDK's descriptions of their fields. So
 * the operations are written with the types that their callers use. Fields that the SDK does not know are ignored.
 */
final class AwsShapes {
    private AwsShapes() {}

    /** The request of a {@link QueryForm} or a JSON object; a list of a form is a structure of numbered elements. */
    static <B extends SdkPojo & SdkBuilder<B, T>, T> T request(B builder, Map<?, ?> tree) {
        fill(builder, tree);
        return builder.build();
    }

    /**
     * The members of an answer with their names in the protocol, in the SDK's order; those that are not set are left out.
     *
     * @param time how the protocol writes an instant
     */
    static Map<String, ?> members(SdkPojo answer, Function<Instant, ?> time) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (SdkField<?> field : answer.sdkFields()) {
            Object value = field.getValueOrDefault(answer);
            if (value != null && !(value instanceof SdkAutoConstructList) && !(value instanceof SdkAutoConstructMap)) {
                members.put(field.unmarshallLocationName(), plain(value, time));
            }
        }
        return members;
    }

    private static Object plain(Object value, Function<Instant, ?> time) {
        return switch (value) {
            case SdkPojo structure -> members(structure, time);
            case List<?> list ->
                list.stream().map(element -> plain(element, time)).toList();
            case Instant instant -> time.apply(instant);
            default -> value;
        };
    }

    private static void fill(SdkPojo builder, Map<?, ?> tree) {
        for (SdkField<?> field : builder.sdkFields()) {
            Object given = tree.get(field.locationName());
            if (given != null) {
                field.set(builder, read(field, given));
            }
        }
    }

    private static Object read(SdkField<?> field, Object given) {
        String name = field.locationName();
        return switch (field.marshallingType().getKnownType()) {
            case STRING -> cast(name, given, String.class);
            case BOOLEAN -> given instanceof Boolean flag ? flag : Boolean.valueOf(cast(name, given, String.class));
            case INTEGER -> given instanceof Number number ? number.intValue() : number(name, given);
            case INSTANT -> instant(name, given);
            case LIST -> {
                SdkField<?> element = field.getRequiredTrait(ListTrait.class).memberFieldInfo();
                List<Object> list = new ArrayList<>();
                elements(name, given).forEach(each -> list.add(read(element, each)));
                yield list;
            }
            case MAP -> {
                SdkField<?> element = field.getRequiredTrait(MapTrait.class).valueFieldInfo();
                Map<Object, Object> map = new LinkedHashMap<>();
                Map<?, ?> entries = cast(name, given, Map.class);
                entries.forEach((key, value) -> map.put(key, read(element, value)));
                yield map;
            }
            case SDK_POJO -> {
                SdkPojo builder = field.constructor().get();
                fill(builder, cast(name, given, Map.class));
                yield ((Buildable) builder).build();
            }
            default -> throw new ApiException("InvalidParameterValue", "The local AWS does not read " + name + ".");
        };
    }

    private static Iterable<?> elements(String name, Object given) {
        if (!(given instanceof Map<?, ?> numbered)) {
            return cast(name, given, List.class);
        }
        var sorted = new TreeMap<Integer, Object>();
        numbered.forEach((number, element) -> sorted.put(number(name, number), element));
        return sorted.values();
    }

    private static int number(String name, Object given) {
        try {
            return Integer.parseInt(cast(name, given, String.class));
        } catch (NumberFormatException e) {
            throw invalid(name, given, "not a number");
        }
    }

    private static Instant instant(String name, Object given) {
        try {
            return given instanceof Number seconds
                    ? Instant.ofEpochMilli(Math.round(seconds.doubleValue() * 1000))
                    : Instant.parse(cast(name, given, String.class));
        } catch (DateTimeParseException e) {
            throw invalid(name, given, "not a time");
        }
    }

    private static ApiException invalid(String name, Object given, String why) {
        return new ApiException(
                "InvalidParameterValue", "Value (" + given + ") for parameter " + name + " is invalid: " + why + ".");
    }

    private static <T> T cast(String name, Object given, Class<T> type) {
        if (!type.isInstance(given)) {
            throw new ApiException("SerializationException", "The parameter " + name + " has the wrong type.");
        }
        return type.cast(given);
    }
}
