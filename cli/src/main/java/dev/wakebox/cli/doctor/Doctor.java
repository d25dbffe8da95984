package dev.wakebox.cli.doctor;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is checked for one stack.
 *
 * @param status CloudFormation's status of the stack; empty if it does not exist
 * @param documents execution documents whose launches are checked as well
 */
public record Doctor(String stack, StackParameters parameters, Optional<String> status, List<JsonObject> documents) {
    public Doctor {
        requireNonNull(stack, "stack is null");
        requireNonNull(parameters, "parameters is null");
        requireNonNull(status, "status is null");
        documents = List.copyOf(documents);
    }

    /** Checks all, in the order of docs/deploy.md. Each finding is there once. */
    public List<Finding> findings(AwsAccount aws, Instant now) {
        var findings = new ArrayList<Finding>();
        findings.add(Finding.ok("Credentials", aws.caller() + " in " + aws.region()));
        boolean deployed = status.filter(StackChecks::deployed).isPresent();
        findings.add(StackChecks.of(stack, status));
        findings.addAll(parameters.findings());
        findings.addAll(NameChecks.of(aws, parameters, stack, deployed));
        var vcpus = new HashMap<String, Integer>();
        for (String parameter : List.of("TrainingInstanceId", "ProcessingInstanceId")) {
            if (parameters.has(parameter)) {
                findings.addAll(InstanceChecks.of(aws, parameter, parameters.text(parameter), deployed, vcpus));
            }
        }
        if (parameters.isTrue("Runs")) {
            findings.addAll(LaunchChecks.of(aws, parameters, documents, now, vcpus));
        }
        findings.addAll(LaunchChecks.processor(aws, parameters));
        findings.addAll(QuotaChecks.of(aws, parameters, vcpus));
        findings.addAll(SecretChecks.of(aws, parameters));
        findings.addAll(MailChecks.of(aws, parameters, deployed));
        if (deployed) {
            findings.addAll(SubscriptionChecks.of(aws, parameters, stack));
        }
        return findings.stream().distinct().toList();
    }
}
