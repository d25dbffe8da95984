package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runs.RunReport;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Links into AWS's console for a run. The console has none for an endpoint that answers instead of AWS. */
final class ConsoleLinks {
    private ConsoleLinks() {}

    static Map<String, String> of(Target stack, RunReport run) {
        var links = new LinkedHashMap<String, String>();
        if (stack.endpoint().isPresent()) {
            return links;
        }
        String region = stack.region().id();
        String console = "https://" + region + "."
                + domain(stack.region().metadata().partition().id());
        String query = "/home?region=" + region + "#";
        links.put("Step Functions", console + "/states" + query + "/v2/executions/details/" + run.execution());
        run.instanceId()
                .ifPresent(id -> links.put("EC2", console + "/ec2" + query + "InstanceDetails:instanceId=" + id));
        run.commandId()
                .ifPresent(id -> links.put(
                        "Systems Manager", console + "/systems-manager/run-command/" + id + "?region=" + region));
        run.output()
                .ifPresent(output -> links.put(
                        "Output",
                        console + "/cloudwatch" + query + "logsV2:log-groups/log-group/" + encoded(output.logGroup())
                                + "/log-events/" + encoded(output.stdoutStream())));
        return links;
    }

    private static String domain(String partition) {
        return switch (partition) {
            case "aws-cn" -> "console.amazonaws.cn";
            case "aws-us-gov" -> "console.amazonaws-us-gov.com";
            default -> "console.aws.amazon.com";
        };
    }

    /** The console's own encoding of names in its fragment: percent-encoding, twice, with a dollar sign. */
    private static String encoded(String name) {
        return URLEncoder.encode(URLEncoder.encode(name, UTF_8), UTF_8).replace("%", "$");
    }
}
