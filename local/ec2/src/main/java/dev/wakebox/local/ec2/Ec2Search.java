package dev.wakebox.local.ec2;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeVolumesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeVolumesResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Volume;

/** DescribeInstances and DescribeVolumes: by ids or by filters, in pages. The caller holds the registry's monitor. */
record Ec2Search(InstanceRegistry registry, Ec2Descriptions descriptions) {
    DescribeInstancesResponse instances(DescribeInstancesRequest request) {
        List<String> ids = request.instanceIds();
        Page<LocalInstance> page = page(
                ids.isEmpty() ? registry.all() : registry.require(ids),
                LocalInstance::subject,
                request.filters(),
                maxResults(request.maxResults(), ids),
                request.nextToken(),
                instance -> instance.id);
        Map<String, List<LocalInstance>> reservations = new LinkedHashMap<>();
        page.items().forEach(instance -> reservations
                .computeIfAbsent(instance.reservationId, _ -> new ArrayList<>())
                .add(instance));
        return DescribeInstancesResponse.builder()
                .reservations(reservations.values().stream()
                        .map(descriptions::reservation)
                        .toList())
                .nextToken(page.nextToken())
                .build();
    }

    DescribeVolumesResponse volumes(DescribeVolumesRequest request) {
        List<String> ids = request.volumeIds();
        Page<Volume> page = page(
                ids.isEmpty()
                        ? registry.volumes.all()
                        : ids.stream().map(registry.volumes::require).toList(),
                Volumes::subject,
                request.filters(),
                maxResults(request.maxResults(), ids),
                request.nextToken(),
                Volume::volumeId);
        return DescribeVolumesResponse.builder()
                .volumes(page.items())
                .nextToken(page.nextToken())
                .build();
    }

    private static <T> Page<T> page(
            List<T> all,
            Function<T, Filters.Subject> subject,
            List<Filter> given,
            int max,
            @Nullable String token,
            Function<T, String> key) {
        Filters filters = Filters.of(given);
        return Page.of(
                all.stream().filter(one -> filters.match(subject.apply(one))).toList(), max, token, key);
    }

    private static int maxResults(@Nullable Integer max, List<String> ids) {
        if (max != null && !ids.isEmpty()) {
            throw new ApiException(
                    "InvalidParameterCombination",
                    "The parameter instancesSet cannot be used with the parameter maxResults");
        }
        if (max != null && (max < 5 || max > 1000)) {
            throw new ApiException(
                    "InvalidParameterValue",
                    "Value ( " + max + " ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.");
        }
        return max == null ? 0 : max;
    }
}
