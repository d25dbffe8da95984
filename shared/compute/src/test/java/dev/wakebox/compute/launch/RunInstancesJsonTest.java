package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

class RunInstancesJsonTest {
    @Test
    void request_whenEveryFieldIsGiven_holdsEveryOne() {
        Map<String, Object> everything = example(RunInstancesRequest.builder());

        assertThat(RunInstancesJson.problems("$", JsonObject.copyOf(everything)))
                .isEmpty();
        assertThat(read(RunInstancesJson.request(JsonObject.copyOf(everything))))
                .isEqualTo(everything);
        assertThat(everything).hasSizeGreaterThan(40);
    }

    @Test
    void problems_whenEveryFieldIsOfAnotherKind_nameEveryOne() {
        var wrong = new LinkedHashMap<String, Object>();
        for (SdkField<?> field : RunInstancesRequest.builder().sdkFields()) {
            wrong.put(field.memberName(), 1.5);
        }

        assertThat(RunInstancesJson.problems("$", JsonObject.copyOf(wrong))).hasSize(wrong.size());
    }

    /** A value for each field that the SDK knows, at every depth. */
    private static Map<String, Object> example(SdkPojo builder) {
        var example = new LinkedHashMap<String, Object>();
        for (SdkField<?> field : builder.sdkFields()) {
            example.put(field.memberName(), example(field));
        }
        return example;
    }

    private static Object example(SdkField<?> field) {
        return switch (field.marshallingType().getKnownType()) {
            case STRING -> "text of " + field.memberName();
            case BOOLEAN -> true;
            case INTEGER -> 7;
            case INSTANT -> "2026-01-31T12:00:00Z";
            case LIST -> List.of(example(field.getRequiredTrait(ListTrait.class).memberFieldInfo()));
            case SDK_POJO -> example(field.constructor().get());
            default -> throw new AssertionError("a new kind of field: " + field.memberName());
        };
    }

    private static Map<String, Object> read(SdkPojo pojo) {
        var read = new LinkedHashMap<String, Object>();
        for (SdkField<?> field : pojo.sdkFields()) {
            read.put(field.memberName(), read(field.getValueOrDefault(pojo)));
        }
        return read;
    }

    private static Object read(Object value) {
        return switch (value) {
            case SdkPojo nested -> read(nested);
            case List<?> list -> {
                var entries = new ArrayList<>();
                list.forEach(entry -> entries.add(read(entry)));
                yield entries;
            }
            case java.time.Instant instant -> instant.toString();
            default -> value;
        };
    }
}
