package dev.wakebox.compute.launch;

import dev.wakebox.compute.execution.Spelling;
import dev.wakebox.runtime.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Reads RunInstances' request from JSON in the API's own spelling. It accepts every field that the SDK knows, and no
 * other.
 */
final class RunInstancesJson {
    private final Map<String, String> problems = new LinkedHashMap<>();

    private RunInstancesJson() {}

    /** The problems of the fields: JSON path and rule. */
    static Map<String, String> problems(String path, JsonObject json) {
        var reader = new RunInstancesJson();
        reader.fill(RunInstancesRequest.builder(), path, json);
        // A document of an earlier run has this field; it is not part of the request.
        reader.problems.remove(path + ".InstanceId");
        return reader.problems;
    }

    /** The request; its JSON has no {@link #problems}. */
    static RunInstancesRequest request(JsonObject json) {
        var reader = new RunInstancesJson();
        var request = RunInstancesRequest.builder();
        reader.fill(request, "$", json);
        if (!reader.problems.isEmpty()) {
            throw new IllegalArgumentException("not a request of RunInstances: " + reader.problems);
        }
        return request.build();
    }

    private void fill(SdkPojo builder, String path, JsonObject json) {
        Map<String, SdkField<?>> fields =
                builder.sdkFields().stream().collect(Collectors.toMap(SdkField::memberName, Function.identity()));
        json.forEach((key, value) -> {
            String at = path + "." + key;
            SdkField<?> field = fields.get(key);
            if (field == null) {
                problems.put(at, "is not a field of EC2's RunInstances" + Spelling.suggestion(fields.keySet(), key));
            } else {
                Object read = read(field, at, value);
                if (read != null) {
                    field.set(builder, read);
                }
            }
        });
    }

    private @Nullable Object read(SdkField<?> field, String path, @Nullable Object json) {
        return switch (field.marshallingType().getKnownType()) {
            case STRING -> json instanceof String text ? text : wrong(path, "must be a string");
            case BOOLEAN -> json instanceof Boolean flag ? flag : wrong(path, "must be true or false");
            case INTEGER -> whole(path, json);
            case INSTANT -> instant(path, json);
            case LIST -> list(field, path, json);
            case SDK_POJO -> {
                Optional<JsonObject> object = JsonObject.from(json);
                if (object.isEmpty()) {
                    yield wrong(path, "must be an object");
                }
                SdkPojo builder = field.constructor().get();
                fill(builder, path, object.get());
                yield ((Buildable) builder).build();
            }
            default -> throw new IllegalStateException("RunInstances has a new kind of field: " + path);
        };
    }

    private @Nullable Object list(SdkField<?> field, String path, @Nullable Object json) {
        if (!(json instanceof List<?> list)) {
            return wrong(path, "must be a list");
        }
        SdkField<?> entry = field.getRequiredTrait(ListTrait.class).memberFieldInfo();
        var read = new ArrayList<@Nullable Object>();
        for (int i = 0; i < list.size(); i++) {
            read.add(read(entry, path + "[" + i + "]", list.get(i)));
        }
        return read;
    }

    private @Nullable Object instant(String path, @Nullable Object json) {
        try {
            return Instant.parse(String.valueOf(json));
        } catch (DateTimeParseException e) {
            return wrong(path, "must be an instant such as \"2026-01-31T12:00:00Z\"");
        }
    }

    private @Nullable Object wrong(String path, String rule) {
        problems.put(path, rule);
        return null;
    }

    private @Nullable Object whole(String path, @Nullable Object json) {
        if (!(json instanceof Number number)) {
            return wrong(path, "must be a whole number");
        }
        var exact = new BigDecimal(number.toString());
        if (exact.stripTrailingZeros().scale() > 0) {
            return wrong(path, "must be a whole number");
        }
        try {
            return exact.intValueExact();
        } catch (ArithmeticException e) {
            return wrong(path, "must be a whole number from -2147483648 to 2147483647");
        }
    }
}
