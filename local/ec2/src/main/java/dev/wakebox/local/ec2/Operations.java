package dev.wakebox.local.ec2;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** The operations of one service by their names, with the request types of the AWS SDK. */
final class Operations {
    /**
     * One request.
     *
     * @param answer executes it
     */
    record Call(SdkRequest request, Supplier<SdkPojo> answer) {
        /** The instances that the request names. */
        List<String> instanceIds() {
            return Stream.concat(
                            request.getValueForField("InstanceIds", List.class).stream()
                                    .flatMap(ids -> ((List<?>) ids).stream()),
                            request.getValueForField("InstanceId", String.class).stream())
                    .map(String::valueOf)
                    .toList();
        }
    }

    private final Map<String, Function<Map<?, ?>, Call>> readers = new LinkedHashMap<>();

    <B extends SdkPojo & SdkBuilder<B, T>, T extends SdkRequest> Operations with(
            String name, Supplier<B> builder, Function<T, SdkPojo> action) {
        readers.put(name, tree -> {
            T request = AwsShapes.request(builder.get(), tree);
            return new Call(request, () -> action.apply(request));
        });
        return this;
    }

    Set<String> names() {
        return readers.keySet();
    }

    /** Reads a request; empty when there is no such operation. */
    Optional<Call> call(String name, Map<?, ?> tree) {
        return Optional.ofNullable(readers.get(name)).map(reader -> reader.apply(tree));
    }
}
