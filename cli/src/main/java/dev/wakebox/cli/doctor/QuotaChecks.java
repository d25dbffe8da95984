package dev.wakebox.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Checks the quotas of the account that a stack needs: Lambda's, and the vCPUs of the families of its instances. */
final class QuotaChecks {
    /** The memory of the largest function, {@code classifier-train} (template/classifier.yaml). */
    static final int LARGEST_FUNCTION_MB = 3008;

    /** Lambda keeps so many of an account's executions for functions without a reservation. */
    private static final int LEAST_UNRESERVED = 100;

    /** Below this, the functions of a stack throttle each other, such as in an account that is new. */
    private static final int FEW_EXECUTIONS = 50;

    /** The quotas of Service Quotas for vCPUs of running instances: the class of the family, on demand and spot. */
    private static final Map<String, List<String>> CODES = Map.of(
            "Standard", List.of("L-1216C47A", "L-34B43A08"),
            "G and VT", List.of("L-DB2E81BA", "L-3819A6DF"),
            "P", List.of("L-417A185B", "L-7212CCBC"),
            "F", List.of("L-74FC7D96", "L-88CF9481"),
            "Inf", List.of("L-1945791B", "L-B5D1601B"),
            "X", List.of("L-7295265B", "L-E3A00192"),
            "Trn", List.of("L-2C3B7624", "L-6B0D517C"),
            "DL", List.of("L-6E869C2A", "L-85EED4F7"));

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
        vcpus.forEach((type, count) -> needed.merge(family(type), count, Math::max));
        if (needed.isEmpty() && parameters.isTrue("Runs")) {
            needed.put("Standard", 0);
        }
        needed.forEach((family, count) -> {
            List<String> codes = CODES.getOrDefault(family, List.of());
            if (!codes.isEmpty()) {
                findings.addAll(vcpus(aws, "vCPUs of on-demand instances, " + family, codes.getFirst(), count));
                if (parameters.isTrue("Runs")) {
                    findings.addAll(vcpus(aws, "vCPUs of spot instances, " + family, codes.getLast(), count));
                }
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

    /** The class of quotas to which an instance type belongs, by its first letters. */
    static String family(String type) {
        String letters = type.replaceFirst("[^a-z].*", "");
        if (Set.of("g", "gr", "vt").contains(letters)) {
            return "G and VT";
        }
        return switch (letters) {
            case "p" -> "P";
            case "f" -> "F";
            case "inf" -> "Inf";
            case "x" -> "X";
            case "trn" -> "Trn";
            case "dl" -> "DL";
            case "u", "hpc" -> letters;
            default -> "Standard";
        };
    }
}
