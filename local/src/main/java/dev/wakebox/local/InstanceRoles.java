package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.local.ec2.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;

/**
 * Creates the application's instance profiles, and finds the roles of these and of the user's profiles. A profile that
 * IAM does not know counts as a role of its name with the path {@code /wakebox/} and the permissions of
 * {@code wakebox-local}: so an execution file runs here before its profile is created. Thread-safe.
 */
final class InstanceRoles {
    private static final String PATH = "/wakebox/";
    private static final String ANY = "wakebox-local";
    private static final List<String> PROFILES =
            List.of("wakebox-trainer", "wakebox-processor", "wakebox-page-processor", ANY);
    private static final String TRUST = """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}""";

    private final IamClient iam;
    private final Roles roles;

    InstanceRoles(IamClient iam, Roles roles) {
        this.iam = iam;
        this.roles = roles;
    }

    /** Creates the profiles; {@code instance-roles/<name>.json} has the policy of each. */
    void create(String stack, String dataBucket) {
        for (String name : PROFILES) {
            iam.createRole(request -> request.path(PATH).roleName(name).assumeRolePolicyDocument(TRUST));
            iam.putRolePolicy(request -> request.roleName(name)
                    .policyName("instance")
                    .policyDocument(
                            policy(name).replace("DATA-BUCKET", dataBucket).replace("STACK", stack)));
            iam.createInstanceProfile(request -> request.path(PATH).instanceProfileName(name));
            iam.addRoleToInstanceProfile(
                    request -> request.instanceProfileName(name).roleName(name));
        }
    }

    /** The ARN of the role in a profile, by the profile's name or ARN. */
    String arn(String profile) {
        return role(profile)
                .map(Role::arn)
                .orElseGet(() -> "arn:aws:iam::" + LocalAccount.ID + ":role" + PATH + name(profile));
    }

    /** Credentials of the role in a profile, by the profile's name or ARN, for one instance. */
    Credentials credentials(String profile, String instanceId) {
        String arn = role(profile).or(() -> role(ANY)).orElseThrow().arn();
        return roles.assume(arn, instanceId);
    }

    private Optional<Role> role(String profile) {
        try {
            return iam
                    .getInstanceProfile(request -> request.instanceProfileName(name(profile)))
                    .instanceProfile()
                    .roles()
                    .stream()
                    .findFirst();
        } catch (NoSuchEntityException e) {
            return Optional.empty();
        }
    }

    private static String name(String profile) {
        return profile.substring(profile.lastIndexOf('/') + 1);
    }

    private static String policy(String name) {
        String file = "instance-roles/" + name + ".json";
        try (InputStream in = requireNonNull(InstanceRoles.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
