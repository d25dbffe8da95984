package dev.wakebox.compute.execution;

import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Validates {@code instance_parameters}: the fields that a run requires, and their form. */
final class InstanceParameters {
    private static final String PATH = "$.instance_parameters";

    /** Fields that an earlier run added or that Wakebox sets itself. */
    private static final Set<String> NOT_FOR_EC2 = Set.of("InstanceId", "MinCount", "MaxCount", "ClientToken");

    private InstanceParameters() {}

    static JsonObject of(@Nullable Object value, RunOptions options, Problems problems) {
        Optional<JsonObject> given = JsonObject.from(value);
        if (given.isEmpty()) {
            problems.add(PATH, "must be an object: the parameters of EC2's RunInstances", value);
            return JsonObject.of();
        }
        JsonObject parameters = given.get().without(NOT_FOR_EC2);
        boolean template = parameters.hasObject("LaunchTemplate");
        if (!parameters
                .optionalText("ImageId")
                .map(image -> image.startsWith("ami-") || image.startsWith("resolve:ssm:"))
                .orElse(template && !parameters.containsKey("ImageId"))) {
            problems.add(PATH + ".ImageId", "must be the id of an AMI", parameters.get("ImageId"));
        }
        if (!parameters
                .optionalText("InstanceType")
                .map(type -> !type.isBlank())
                .orElse(!parameters.containsKey("InstanceType")
                        && (template || !options.instanceTypes().isEmpty()))) {
            problems.add(PATH + ".InstanceType", "must be an instance type", parameters.get("InstanceType"));
        }
        if (parameters.containsKey("KeyName") && parameters.text("KeyName").isBlank()) {
            problems.add(
                    PATH + ".KeyName", "must be the name of a key pair, or be left out", parameters.get("KeyName"));
        }
        if (parameters.get("SecurityGroupIds") instanceof List<?> groups) {
            OptionReader.strings(groups, PATH + ".SecurityGroupIds", problems);
        } else if (parameters.containsKey("SecurityGroupIds")) {
            problems.add(
                    PATH + ".SecurityGroupIds",
                    "must be a list of security groups' ids",
                    parameters.get("SecurityGroupIds"));
        }
        profile(parameters, problems);
        return parameters;
    }

    private static void profile(JsonObject parameters, Problems problems) {
        JsonObject profile = parameters.object("IamInstanceProfile");
        if (profile.text("Name").isBlank() && profile.text("Arn").isBlank()) {
            problems.add(
                    PATH + ".IamInstanceProfile",
                    "must give the Name or the Arn of an instance profile; without one Systems Manager can't reach"
                            + " the instance",
                    parameters.get("IamInstanceProfile"));
        }
    }
}
