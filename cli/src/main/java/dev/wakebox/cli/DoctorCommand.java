package dev.wakebox.cli;

import dev.wakebox.cli.doctor.AwsAccount;
import dev.wakebox.cli.doctor.Doctor;
import dev.wakebox.cli.doctor.Finding;
import dev.wakebox.cli.doctor.Finding.Status;
import dev.wakebox.cli.doctor.SamConfig;
import dev.wakebox.cli.doctor.StackParameters;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "doctor",
        description = {
            "Checks whether an account and the parameters of a stack fit each other, and changes nothing: names and buckets, instances,"
                    + " profiles, AMIs, subnets, quotas, secrets, mail.",
            "With --stack alone it checks the deployed stack. With --config-env, --config or --parameter it checks a deployment before"
                    + " it is made: the deployed values, if there are any, and these.",
            "The exit code is 1 if there is a problem, and 3 if AWS could not be asked at all."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int PROBLEM_FOUND = 1;
    private static final String CONFIG = "samconfig.toml";
    private static final String CONFIG_ENVIRONMENT = "default";

    private final Context context;

    @Mixin
    TargetOptions target = new TargetOptions();

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean asJson;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The configuration of sam deploy whose parameter_overrides are checked. Default: " + CONFIG + ".")
    @Nullable
    String config;

    @Option(
            names = "--config-env",
            paramLabel = "NAME",
            description = "The environment in that file. Default: " + CONFIG_ENVIRONMENT + ".")
    @Nullable
    String configEnvironment;

    @Option(
            names = "--parameter",
            paramLabel = "NAME=VALUE",
            description =
                    "A parameter of the template, such as TrainingInstanceId=i-0123456789abcdef0. May be repeated.")
    List<String> overrides = List.of();

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "Execution documents whose AMI, instance type, profile and subnet are checked as well.")
    List<String> files = List.of();

    DoctorCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        List<ExecutionDocument> documents = files.isEmpty() ? List.of() : ExecutionDocument.read(files, context);
        boolean planned = config != null || configEnvironment != null || !overrides.isEmpty();
        Map<String, String> given = planned ? planned() : Map.of();
        Target named = Target.named(target, context);
        Optional<Target> deployed = planned ? named.deployed() : Optional.of(named.required());
        var values = new LinkedHashMap<>(deployed.map(Target::parameters).orElse(Map.of()));
        values.putAll(given);
        var doctor = new Doctor(
                named.stack(),
                StackParameters.of(values),
                deployed.map(Target::status),
                documents.stream().map(document -> document.document().json()).toList());
        List<Finding> findings;
        try (var aws = new AwsAccount(named::client, named.region(), Target.isLocal(target, context))) {
            findings = doctor.findings(aws, context.clock().instant());
        }
        if (asJson) {
            findings.forEach(finding -> context.out().println(Json.string(finding)));
        } else {
            text(findings);
        }
        return findings.stream().anyMatch(finding -> finding.status() == Status.PROBLEM)
                ? PROBLEM_FOUND
                : StackCommand.SUCCEEDED;
    }

    /** The values of the deployment that is checked; its stack and region count unless others are named. */
    private Map<String, String> planned() throws IOException {
        var values = new LinkedHashMap<String, String>();
        Path file = context.directory().resolve(config == null ? CONFIG : config);
        if (config != null || configEnvironment != null || Files.exists(file)) {
            SamConfig read = SamConfig.read(file, configEnvironment == null ? CONFIG_ENVIRONMENT : configEnvironment);
            values.putAll(read.parameters());
            target.defaults(read.stackName(), read.region());
        }
        overrides.forEach(override -> values.putAll(SamConfig.override(override)));
        return values;
    }

    private void text(List<Finding> findings) {
        var counts = new EnumMap<Status, Integer>(Status.class);
        for (Finding finding : findings) {
            counts.merge(finding.status(), 1, Integer::sum);
            context.out().printf("%-9s %s: %s%n", word(finding.status()), finding.check(), finding.found());
            if (!finding.remedy().isEmpty()) {
                context.out().printf("%-9s   %s%n", "", finding.remedy());
            }
        }
        context.out()
                .println(findings.size() + " checks: " + counts.getOrDefault(Status.PROBLEM, 0) + " problems, "
                        + counts.getOrDefault(Status.WARNING, 0) + " warnings, "
                        + counts.getOrDefault(Status.COULD_NOT_ASK, 0) + " not asked.");
    }

    private static String word(Status status) {
        return switch (status) {
            case OK -> "ok";
            case WARNING -> "warning";
            case PROBLEM -> "problem";
            case COULD_NOT_ASK -> "not asked";
            case NOT_APPLICABLE -> "n/a";
        };
    }
}
