package dev.wakebox.cli.doctor;

import dev.wakebox.compute.InstanceQuota;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks the quotas of the account that a stack needs: Lambda's, and the vCPUs of the families of its instances. */
final class QuotaChecks {
    /** The memory of the largest function, {@code classifier-train} (template/classifier.yaml). */
    static final int LARGEST_FUNCTION_MB = 3008;

    /** Lambda keeps so many of an account's executions for functions without a reservation. */
    private static final int LEAST_UNRESERVED = 100;

    /** Below this, the functions of a stack throttle each other, such as in an account that is new. */
    private static final int FEW_EXECUTIONS = 50;

    private QuotaChecks() {}

    /**
     * The findings for a stack.
     *
     * @param vcpus what one instance of each type needs
     */
    static List<Finding> of(AwsAccount aws, StackParameters parameters, Map<String, Integer> vcpus) {
        var findings = new ArrayList<Finding>();
        if (parameters.isTrue("Classifier")) {
            findings.add(Finding.ok(
                    "Lambda memory",
                    "the largest function has " + LARGEST_FUNCTION_MB + " MB, which every account may have"));
        }
        findings.addAll(aws.ask(
                "Concurrent executions of Lambda",
                "lambda:GetAccountSettings",
                () -> List.of(executions(aws, parameters))));
        var needed = new TreeMap<String, Integer>();
        vcpus.forEach((type, count) -> needed.merge(InstanceQuota.family(type), count, Math::max));
        if (needed.isEmpty() && parameters.isTrue("Runs")) {
            needed.put("Standard", 0);
        }
        needed.forEach((family, count) -> {
            InstanceQuota.of(family, false)
                    .ifPresent(quota -> findings.addAll(
                            vcpus(aws, "vCPUs of on-demand instances, " + family, quota.code(), count)));
            if (parameters.isTrue("Runs")) {
                InstanceQuota.of(family, true)
                        .ifPresent(quota ->
                                findings.addAll(vcpus(aws, "vCPUs of spot instances, " + family, quota.code(), count)));
            }
        });
        return findings;
    }

    private static Finding executions(AwsAccount aws, StackParameters parameters) {
        String check = "Concurrent executions of Lambda";
        var limit = aws.lambda().getAccountSettings().accountLimit();
        int all = limit.concurrentExecutions();
        int unreserved = limit.unreservedConcurrentExecutions();
        int provisioned = parameters.isTrue("Classifier") ? parameters.number("ClassifierProvisionedConcurrency") : 0;
        if (provisioned > 0 && provisioned > unreserved - LEAST_UNRESERVED) {
            return Finding.problem(
                    check,
                    "The account has " + unreserved + " unreserved; ClassifierProvisionedConcurrency takes "
                            + provisioned + " of them, and Lambda keeps " + LEAST_UNRESERVED + ".",
                    "Lower ClassifierProvisionedConcurrency, or ask Service Quotas for more (Lambda, Concurrent executions).");
        }
        return all < FEW_EXECUTIONS
                ? Finding.warning(
                        check,
                        "The account has " + all + ", for all of its functions.",
                        "More runs and requests at once are throttled and repeated. Ask Service Quotas for 1,000 (Lambda, Concurrent executions).")
                : Finding.ok(check, all + " in the account, " + unreserved + " of them unreserved");
    }

    private static List<Finding> vcpus(AwsAccount aws, String check, String code, int needed) {
        if (aws.local()) {
            return List.of(AwsAccount.notLocal(check));
        }
        return aws.ask(check, "servicequotas:GetServiceQuota", () -> {
            int quota = aws.quotas()
                    .getServiceQuota(request -> request.serviceCode("ec2").quotaCode(code))
                    .quota()
                    .value()
                    .intValue();
            return List.of(
                    quota < Math.max(1, needed)
                            ? Finding.problem(
                                    check,
                                    "The account may run " + quota + ", and one instance needs " + Math.max(1, needed)
                                            + ".",
                                    "Ask Service Quotas for more (EC2, " + code + ").")
                            : Finding.ok(check, "up to " + quota + " at once"));
        });
    }
}
