package dev.wakebox.local;

import dev.wakebox.local.compute.LocalCompute.StateChange;
import dev.wakebox.runtime.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.RuleState;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/**
 * Carries the state changes of instances to the functions whose EventBridge rules ask for them. EventBridge takes
 * events of {@code aws.ec2} from nobody but AWS, so the rules are read and their targets invoked from here.
 */
final class InstanceEvents {
    private static final Logger log = LoggerFactory.getLogger(InstanceEvents.class);

    private final EventBridgeClient rules;
    private final LambdaClient lambda;
    private final String region;
    private final String accountId;

    InstanceEvents(EventBridgeClient rules, LambdaClient lambda, String region, String accountId) {
        this.rules = rules;
        this.lambda = lambda;
        this.region = region;
        this.accountId = accountId;
    }

    /** Hands the change to every function with an enabled rule that matches it; they run on their own. */
    void publish(StateChange change) {
        String event = Json.string(event(change));
        try {
            rules.listRules(request -> request.limit(100)).rules().stream()
                    .filter(rule -> rule.state() == RuleState.ENABLED && rule.eventPattern() != null)
                    .filter(rule -> matches(rule, event))
                    .flatMap(rule -> targets(rule).stream())
                    .filter(target -> target.arn().contains(":lambda:"))
                    .forEach(target -> lambda.invoke(request -> request.functionName(target.arn())
                            .invocationType(InvocationType.EVENT)
                            .payload(SdkBytes.fromUtf8String(target.input() == null ? event : target.input()))));
        } catch (SdkException e) {
            log.error(
                    "The change of {} to {} could not be announced to the rules of EventBridge: {}",
                    change.instanceId(),
                    change.state(),
                    e.getMessage());
        }
    }

    private boolean matches(Rule rule, String event) {
        return rules.testEventPattern(
                        request -> request.eventPattern(rule.eventPattern()).event(event))
                .result();
    }

    private List<Target> targets(Rule rule) {
        return rules.listTargetsByRule(request -> request.rule(rule.name())).targets();
    }

    private Map<String, @Nullable Object> event(StateChange change) {
        var event = new LinkedHashMap<String, @Nullable Object>();
        event.put("version", "0");
        event.put("id", UUID.randomUUID().toString());
        event.put("detail-type", "EC2 Instance State-change Notification");
        event.put("source", "aws.ec2");
        event.put("account", accountId);
        event.put("time", change.time().toString());
        event.put("region", region);
        event.put("resources", List.of("arn:aws:ec2:" + region + ":" + accountId + ":instance/" + change.instanceId()));
        event.put("detail", Map.of("instance-id", change.instanceId(), "state", change.state()));
        return event;
    }
}
