package dev.wakebox.local.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** EC2's query protocol over the registry: decodes the form, answers XML. Thread-safe. */
final class Ec2Api {
    private static final int CONSOLE_LIMIT = 65_536;

    private final InstanceRegistry registry;
    private final Images images;
    private final Network network;
    private final LocalCompute.Config config;
    private final Random random = new SecureRandom();
    private final Map<String, Function<Parameters, Map<String, ?>>> operations = new LinkedHashMap<>();

    Ec2Api(InstanceRegistry registry, LocalCompute.Config config) {
        this.registry = registry;
        this.config = config;
        this.images = new Images(config.images());
        this.network = new Network(config.region());
        operations.put("RunInstances", this::runInstances);
        operations.put("DescribeInstances", this::describeInstances);
        operations.put("DescribeInstanceStatus", this::describeInstanceStatus);
        operations.put("StartInstances", request -> transitions(registry.start(instanceIds(request))));
        operations.put(
                "StopInstances",
                request -> transitions(registry.stop(instanceIds(request), request.flag("Force", false))));
        operations.put("RebootInstances", this::rebootInstances);
        operations.put("TerminateInstances", request -> transitions(registry.terminate(instanceIds(request))));
        operations.put("CreateTags", this::createTags);
        operations.put("DeleteTags", this::deleteTags);
        operations.put("DescribeTags", this::describeTags);
        operations.put("DescribeVolumes", this::describeVolumes);
        operations.put("DetachVolume", this::detachVolume);
        operations.put("DeleteVolume", this::deleteVolume);
        operations.put("GetConsoleOutput", this::getConsoleOutput);
        operations.put("DescribeImages", this::describeImages);
        operations.put("DescribeSubnets", this::describeSubnets);
        operations.put("DescribeSpotInstanceRequests", this::describeSpotInstanceRequests);
    }

    LocalCompute.Answer answer(String formBody) {
        String requestId = UUID.randomUUID().toString();
        try {
            return xml(200, respond(Parameters.ofForm(formBody), requestId));
        } catch (ApiException e) {
            return xml(e.status(), Xml.error(e.code(), e.text(), requestId));
        }
    }

    private byte[] respond(Parameters request, String requestId) {
        String action = request.require("Action");
        Function<Parameters, Map<String, ?>> operation = operations.get(action);
        if (operation == null) {
            throw new ApiException(
                    "InvalidAction",
                    "The action " + action + " is not valid for the local EC2; it knows "
                            + String.join(", ", operations.keySet()) + ".");
        }
        synchronized (registry) {
            if (!action.equals("RunInstances")) {
                List<LocalInstance> concerned = Stream.concat(
                                request.values("InstanceId").stream(), request.find("InstanceId").stream())
                        .flatMap(id -> registry.find(id).stream())
                        .toList();
                registry.refuse(action, concerned);
                refuseDryRun(request);
            }
            return Xml.response(action, requestId, operation.apply(request));
        }
    }

    private Map<String, ?> runInstances(Parameters parameters) {
        RunRequest request = RunRequest.of(parameters, images, network, random);
        refuseDryRun(parameters);
        List<LocalInstance> launched = registry.run(request);
        return reservation(launched);
    }

    private Map<String, ?> describeInstances(Parameters request) {
        Page<LocalInstance> page = instances(request, Filters.of(request), _ -> true);
        Map<String, List<LocalInstance>> reservations = new LinkedHashMap<>();
        page.items().forEach(instance -> reservations
                .computeIfAbsent(instance.reservationId, _ -> new ArrayList<>())
                .add(instance));
        return Members.of(
                        "reservationSet",
                        reservations.values().stream().map(this::reservation).toList())
                .and("nextToken", page.nextToken());
    }

    private Map<String, ?> describeInstanceStatus(Parameters request) {
        boolean all = request.flag("IncludeAllInstances", false);
        Page<LocalInstance> page =
                instances(request, Filters.of(request), instance -> all || instance.state == InstanceState.RUNNING);
        return Members.of(
                        "instanceStatusSet",
                        page.items().stream().map(Ec2Api::status).toList())
                .and("nextToken", page.nextToken());
    }

    private Page<LocalInstance> instances(
            Parameters request, Filters filters, Function<LocalInstance, Boolean> wanted) {
        List<String> ids = request.values("InstanceId");
        int max = maxResults(request, ids);
        List<LocalInstance> found = (ids.isEmpty() ? registry.all() : registry.require(ids))
                .stream().filter(wanted::apply).filter(filters::match).toList();
        return Page.of(found, max, request.find("NextToken").orElse(""), instance -> instance.id);
    }

    private Map<String, ?> rebootInstances(Parameters request) {
        registry.reboot(instanceIds(request));
        return Map.of("return", true);
    }

    private Map<String, ?> createTags(Parameters request) {
        List<Map<String, String>> resources = taggable(request);
        request.structures("Tag").forEach(tag -> {
            String key = tag.require("Key");
            if (key.startsWith("aws:")) {
                throw new ApiException(
                        "InvalidParameterValue",
                        "Value ( " + key + " ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved"
                                + " for internal use");
            }
            resources.forEach(tags -> tags.put(key, tag.find("Value").orElse("")));
        });
        return Map.of("return", true);
    }

    private Map<String, ?> deleteTags(Parameters request) {
        List<Map<String, String>> resources = taggable(request);
        List<Parameters> wanted = request.structures("Tag");
        for (Map<String, String> tags : resources) {
            if (wanted.isEmpty()) {
                tags.clear();
            }
            for (Parameters tag : wanted) {
                String key = tag.require("Key");
                tag.find("Value").ifPresentOrElse(value -> tags.remove(key, value), () -> tags.remove(key));
            }
        }
        return Map.of("return", true);
    }

    private List<Map<String, String>> taggable(Parameters request) {
        List<String> ids = request.values("ResourceId");
        if (ids.isEmpty()) {
            throw new ApiException("MissingParameter", "The request must contain the parameter resourceIdSet");
        }
        return ids.stream()
                .map(id -> switch (id.split("-", 2)[0]) {
                    case "i" -> registry.require(List.of(id)).getFirst().tags;
                    case "vol" -> registry.requireVolume(id).tags;
                    default -> throw new ApiException("InvalidID", "The ID '" + id + "' is not valid");
                })
                .toList();
    }

    private record Tag(String resourceId, String resourceType, String key, String value) implements Filters.Subject {
        @Override
        public Map<String, String> tags() {
            return Map.of(key, value);
        }

        @Override
        public @Nullable Collection<String> filterable(String name) {
            return switch (name) {
                case "resource-id" -> List.of(resourceId);
                case "resource-type" -> List.of(resourceType);
                case "key" -> List.of(key);
                case "value" -> List.of(value);
                default -> null;
            };
        }
    }

    private Map<String, ?> describeTags(Parameters request) {
        Filters filters = Filters.of(request);
        List<Tag> all = Stream.concat(
                        registry.all().stream().flatMap(instance -> tags(instance.id, "instance", instance.tags)),
                        registry.volumes().stream().flatMap(volume -> tags(volume.id, "volume", volume.tags)))
                .filter(filters::match)
                .toList();
        Page<Tag> page = Page.of(
                all,
                maxResults(request, List.of()),
                request.find("NextToken").orElse(""),
                tag -> tag.resourceId() + " " + tag.key());
        return Members.of(
                        "tagSet",
                        page.items().stream()
                                .map(tag -> Members.of("resourceId", tag.resourceId())
                                        .and("resourceType", tag.resourceType())
                                        .and("key", tag.key())
                                        .and("value", tag.value()))
                                .toList())
                .and("nextToken", page.nextToken());
    }

    private static Stream<Tag> tags(String id, String type, Map<String, String> tags) {
        return tags.entrySet().stream().map(tag -> new Tag(id, type, tag.getKey(), tag.getValue()));
    }

    private Map<String, ?> describeVolumes(Parameters request) {
        List<String> ids = request.values("VolumeId");
        Filters filters = Filters.of(request);
        List<Volume> found = (ids.isEmpty()
                        ? registry.volumes().stream()
                        : ids.stream().map(registry::requireVolume))
                .filter(filters::match)
                .toList();
        Page<Volume> page = Page.of(
                found, maxResults(request, ids), request.find("NextToken").orElse(""), volume -> volume.id);
        return Members.of("volumeSet", page.items().stream().map(Ec2Api::volume).toList())
                .and("nextToken", page.nextToken());
    }

    private Map<String, ?> detachVolume(Parameters request) {
        Volume volume = registry.requireVolume(request.require("VolumeId"));
        LocalInstance instance = volume.instance;
        if (instance != null && !request.find("InstanceId").orElse(instance.id).equals(instance.id)) {
            throw new ApiException(
                    "InvalidAttachment.NotFound",
                    "Volume '" + volume.id + "' is not attached to instance '" + request.require("InstanceId") + "'");
        }
        registry.detach(volume);
        return Members.of("volumeId", volume.id)
                .and("instanceId", instance == null ? null : instance.id)
                .and("device", volume.disk.device())
                .and("status", "detaching")
                .and("attachTime", volume.created);
    }

    private Map<String, ?> deleteVolume(Parameters request) {
        registry.delete(registry.requireVolume(request.require("VolumeId")));
        return Map.of("return", true);
    }

    private Map<String, ?> getConsoleOutput(Parameters request) {
        LocalInstance instance =
                registry.require(List.of(request.require("InstanceId"))).getFirst();
        Path console = instance.directory.resolve("console.log");
        try {
            byte[] output = Files.readAllBytes(console);
            int from = Math.max(0, output.length - CONSOLE_LIMIT);
            String tail = new String(output, from, output.length - from, StandardCharsets.UTF_8);
            return Members.of("instanceId", instance.id)
                    .and(
                            "timestamp",
                            Files.getLastModifiedTime(console).toInstant().truncatedTo(ChronoUnit.MILLIS))
                    .and("output", Base64.getEncoder().encodeToString(tail.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + console + ".", e);
        }
    }

    private record Image(String id, String ownerId) implements Filters.Subject {
        @Override
        public Map<String, String> tags() {
            return Map.of();
        }

        @Override
        public @Nullable Collection<String> filterable(String name) {
            return switch (name) {
                case "image-id" -> List.of(id);
                case "name" -> List.of(id.substring("ami-".length()));
                case "state" -> List.of("available");
                case "owner-id" -> List.of(ownerId);
                case "architecture" -> List.of(architecture());
                case "virtualization-type" -> List.of("hvm");
                case "root-device-type" -> List.of("ebs");
                default -> null;
            };
        }
    }

    private Map<String, ?> describeImages(Parameters request) {
        List<String> ids = request.values("ImageId");
        ids.forEach(images::find);
        Filters filters = Filters.of(request);
        List<Image> found = (ids.isEmpty() ? images.ids() : ids)
                .stream()
                        .map(id -> new Image(id, config.accountId()))
                        .filter(filters::match)
                        .toList();
        Page<Image> page = Page.of(
                found, maxResults(request, ids), request.find("NextToken").orElse(""), Image::id);
        return Members.of(
                        "imagesSet",
                        page.items().stream()
                                .map(image -> Members.of("imageId", image.id())
                                        .and("imageLocation", images.find(image.id()))
                                        .and("imageState", "available")
                                        .and("imageOwnerId", image.ownerId())
                                        .and("isPublic", false)
                                        .and("architecture", architecture())
                                        .and("imageType", "machine")
                                        .and("name", image.id().substring("ami-".length()))
                                        .and("rootDeviceType", "ebs")
                                        .and("rootDeviceName", "/dev/xvda")
                                        .and("virtualizationType", "hvm")
                                        .and("hypervisor", "xen"))
                                .toList())
                .and("nextToken", page.nextToken());
    }

    private record NamedSubnet(Network.Subnet subnet) implements Filters.Subject {
        @Override
        public Map<String, String> tags() {
            return Map.of();
        }

        @Override
        public @Nullable Collection<String> filterable(String name) {
            return switch (name) {
                case "subnet-id" -> List.of(subnet.id());
                case "availability-zone" -> List.of(subnet.zone());
                case "vpc-id" -> List.of(Network.VPC);
                case "default-for-az" -> List.of("true");
                case "state" -> List.of("available");
                default -> null;
            };
        }
    }

    private Map<String, ?> describeSubnets(Parameters request) {
        List<String> ids = request.values("SubnetId");
        Filters filters = Filters.of(request);
        List<NamedSubnet> found = (ids.isEmpty()
                        ? network.subnets().stream()
                        : ids.stream().map(network::subnet))
                .map(NamedSubnet::new)
                .filter(filters::match)
                .toList();
        Page<NamedSubnet> page = Page.of(
                found, maxResults(request, ids), request.find("NextToken").orElse(""), named -> named.subnet()
                        .id());
        return Members.of(
                        "subnetSet",
                        page.items().stream()
                                .map(NamedSubnet::subnet)
                                .map(subnet -> Members.of("subnetId", subnet.id())
                                        .and(
                                                "subnetArn",
                                                "arn:aws:ec2:" + config.region() + ":" + config.accountId() + ":subnet/"
                                                        + subnet.id())
                                        .and("state", "available")
                                        .and("vpcId", Network.VPC)
                                        .and("ownerId", config.accountId())
                                        .and("cidrBlock", subnet.cidr())
                                        .and("availableIpAddressCount", 65_531)
                                        .and("availabilityZone", subnet.zone())
                                        .and("defaultForAz", true)
                                        .and("mapPublicIpOnLaunch", true))
                                .toList())
                .and("nextToken", page.nextToken());
    }

    private record SpotRequest(LocalInstance instance, String id) implements Filters.Subject {
        boolean closed() {
            return instance.state == InstanceState.TERMINATED || instance.state == InstanceState.SHUTTING_DOWN;
        }

        String state() {
            return closed() ? "closed" : "active";
        }

        @Override
        public Map<String, String> tags() {
            return instance.request.tagsOf("spot-instances-request");
        }

        @Override
        public @Nullable Collection<String> filterable(String name) {
            return switch (name) {
                case "spot-instance-request-id" -> List.of(id);
                case "instance-id" -> List.of(instance.id);
                case "state" -> List.of(state());
                default -> null;
            };
        }
    }

    private Map<String, ?> describeSpotInstanceRequests(Parameters request) {
        Filters filters = Filters.of(request);
        List<String> ids = request.values("SpotInstanceRequestId");
        List<SpotRequest> all = registry.all().stream()
                .flatMap(instance -> Stream.ofNullable(instance.spotRequestId).map(id -> new SpotRequest(instance, id)))
                .toList();
        ids.stream()
                .filter(id -> all.stream().noneMatch(spot -> spot.id().equals(id)))
                .findFirst()
                .ifPresent(id -> {
                    throw new ApiException(
                            "InvalidSpotInstanceRequestID.NotFound",
                            "The spot instance request ID '" + id + "' does not exist");
                });
        List<SpotRequest> found = all.stream()
                .filter(spot -> ids.isEmpty() || ids.contains(spot.id()))
                .filter(filters::match)
                .toList();
        Page<SpotRequest> page = Page.of(
                found, maxResults(request, ids), request.find("NextToken").orElse(""), SpotRequest::id);
        return Members.of(
                        "spotInstanceRequestSet",
                        page.items().stream().map(Ec2Api::spotRequest).toList())
                .and("nextToken", page.nextToken());
    }

    private static Map<String, Object> spotRequest(SpotRequest spot) {
        LocalInstance instance = spot.instance();
        RunRequest.Spot options = instance.request.spot().orElseThrow();
        return Members.of("spotInstanceRequestId", spot.id())
                .and("spotPrice", options.maxPrice().orElse(null))
                .and("type", options.persistent() ? "persistent" : "one-time")
                .and("state", spot.state())
                .and(
                        "status",
                        Members.of("code", spot.closed() ? "instance-terminated-by-user" : "fulfilled")
                                .and("message", spot.closed() ? "The instance has ended." : "The request is fulfilled.")
                                .and("updateTime", instance.changed))
                .and("instanceId", instance.id)
                .and("createTime", instance.launchTime)
                .and("launchedAvailabilityZone", instance.request.subnet().zone())
                .and("productDescription", "Linux/UNIX")
                .and("tagSet", tagSet(spot.tags()));
    }

    private Map<String, Object> reservation(List<LocalInstance> instances) {
        return Members.of("reservationId", instances.getFirst().reservationId)
                .and("ownerId", config.accountId())
                .and("groupSet", List.of())
                .and("instancesSet", instances.stream().map(this::instance).toList());
    }

    private Map<String, Object> instance(LocalInstance instance) {
        RunRequest request = instance.request;
        boolean gone = instance.state == InstanceState.TERMINATED;
        LocalInstance.Reason reason = instance.reason;
        return Members.of("instanceId", instance.id)
                .and("imageId", request.imageId())
                .and("instanceState", state(instance.state))
                .and("privateDnsName", gone ? "" : instance.privateDnsName())
                .and("dnsName", "")
                .and("reason", instance.transition)
                .and("keyName", request.keyName().orElse(null))
                .and("amiLaunchIndex", instance.index)
                .and("productCodes", List.of())
                .and("instanceType", request.type())
                .and("launchTime", instance.launchTime)
                .and("placement", Map.of("availabilityZone", request.subnet().zone(), "tenancy", "default"))
                .and("monitoring", Map.of("state", "disabled"))
                .and("subnetId", gone ? null : request.subnet().id())
                .and("vpcId", gone ? null : Network.VPC)
                .and("privateIpAddress", gone ? null : instance.privateIp)
                .and(
                        "stateReason",
                        reason == null
                                ? null
                                : Members.of("code", reason.code()).and("message", reason.message()))
                .and("architecture", architecture())
                .and("rootDeviceType", "ebs")
                .and("rootDeviceName", "/dev/xvda")
                .and(
                        "blockDeviceMapping",
                        registry.volumes().stream()
                                .filter(volume -> volume.instance == instance)
                                .map(volume -> Members.of("deviceName", volume.disk.device())
                                        .and(
                                                "ebs",
                                                Members.of("volumeId", volume.id)
                                                        .and("status", "attached")
                                                        .and("attachTime", volume.created)
                                                        .and("deleteOnTermination", volume.disk.deleteOnTermination())))
                                .toList())
                .and("virtualizationType", "hvm")
                .and("clientToken", request.clientToken().orElse(""))
                .and("tagSet", tagSet(instance.tags))
                .and("instanceLifecycle", request.spot().isPresent() ? "spot" : null)
                .and("spotInstanceRequestId", instance.spotRequestId)
                .and("hypervisor", "xen")
                .and(
                        "groupSet",
                        request.securityGroups().stream()
                                .map(id -> Map.of("groupId", id, "groupName", id))
                                .toList())
                .and("iamInstanceProfile", request.profile().map(this::profile).orElse(null))
                .and(
                        "metadataOptions",
                        Members.of("state", "applied")
                                .and("httpTokens", request.metadataOptions().getOrDefault("HttpTokens", "required"))
                                .and(
                                        "httpPutResponseHopLimit",
                                        request.metadataOptions().getOrDefault("HttpPutResponseHopLimit", "2"))
                                .and(
                                        "httpEndpoint",
                                        request.metadataOptions().getOrDefault("HttpEndpoint", "enabled")));
    }

    private Map<String, Object> profile(String nameOrArn) {
        String arn = nameOrArn.startsWith("arn:")
                ? nameOrArn
                : "arn:aws:iam::" + config.accountId() + ":instance-profile/" + nameOrArn;
        return Members.of("arn", arn).and("id", "AIPALOCAL");
    }

    private static Map<String, Object> status(LocalInstance instance) {
        String health = instance.state == InstanceState.RUNNING ? "ok" : "not-applicable";
        Map<String, Object> check = Members.of("status", health)
                .and("details", List.of(Map.of("name", "reachability", "status", "passed")));
        return Members.of("instanceId", instance.id)
                .and("availabilityZone", instance.request.subnet().zone())
                .and("instanceState", state(instance.state))
                .and("systemStatus", check)
                .and("instanceStatus", check);
    }

    private static Map<String, Object> volume(Volume volume) {
        LocalInstance holder = volume.instance;
        return Members.of("volumeId", volume.id)
                .and("size", volume.disk.gibibytes())
                .and("snapshotId", "")
                .and("availabilityZone", volume.zone)
                .and("status", volume.state())
                .and("createTime", volume.created)
                .and(
                        "attachmentSet",
                        holder == null
                                ? List.of()
                                : List.of(Members.of("volumeId", volume.id)
                                        .and("instanceId", holder.id)
                                        .and("device", volume.disk.device())
                                        .and("status", "attached")
                                        .and("attachTime", volume.created)
                                        .and("deleteOnTermination", volume.disk.deleteOnTermination())))
                .and("tagSet", tagSet(volume.tags))
                .and("volumeType", volume.disk.type())
                .and("iops", volume.disk.iops().orElse(null))
                .and("throughput", volume.disk.throughput().orElse(null))
                .and("encrypted", volume.disk.encrypted())
                .and("multiAttachEnabled", false);
    }

    private static Map<String, ?> transitions(List<InstanceRegistry.Transition> transitions) {
        return Map.of(
                "instancesSet",
                transitions.stream()
                        .map(change -> Members.of("instanceId", change.instance().id)
                                .and("currentState", state(change.after()))
                                .and("previousState", state(change.before())))
                        .toList());
    }

    private static Map<String, Object> state(InstanceState state) {
        return Members.of("code", state.code).and("name", state.awsName());
    }

    private static List<Map<String, Object>> tagSet(Map<String, String> tags) {
        BiFunction<String, String, Map<String, Object>> tag =
                (key, value) -> Members.of("key", key).and("value", value);
        return tags.entrySet().stream()
                .map(entry -> tag.apply(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static List<String> instanceIds(Parameters request) {
        List<String> ids = request.values("InstanceId");
        if (ids.isEmpty()) {
            throw new ApiException("MissingParameter", "The request must contain the parameter InstanceId");
        }
        return ids;
    }

    private static int maxResults(Parameters request, List<String> ids) {
        Optional<String> max = request.find("MaxResults");
        if (max.isPresent() && !ids.isEmpty()) {
            throw new ApiException(
                    "InvalidParameterCombination",
                    "The parameter instancesSet cannot be used with the parameter maxResults");
        }
        int value = request.integer("MaxResults", 0);
        if (max.isPresent() && (value < 5 || value > 1000)) {
            throw new ApiException(
                    "InvalidParameterValue",
                    "Value ( " + value
                            + " ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.");
        }
        return value;
    }

    private static void refuseDryRun(Parameters request) {
        if (request.flag("DryRun", false)) {
            throw new ApiException(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
        }
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";
    }

    private static LocalCompute.Answer xml(int status, byte[] body) {
        return new LocalCompute.Answer(status, "text/xml;charset=UTF-8", body);
    }
}
