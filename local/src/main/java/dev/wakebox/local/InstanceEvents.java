package dev.wakebox.local;

import dev.wakebox.local.ec2.LocalCompute.StateChange;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
 * Invokes the functions whose EventBridge rules match the state changes of instances. EventBridge accepts events of
 * {@code aws.ec2} only from AWS, so the rules are read and their targets invoked here.
 */
final class InstanceEvents {
    private static final Logger log = LoggerFactory.getLogger(InstanceEvents.class);

    private final EventBridgeClient rules;
    private final LambdaClient lambda;

    InstanceEvents(EventBridgeClient rules, LambdaClient lambda) {
        this.rules = rules;
        this.lambda = lambda;
    }

    /** Invokes every function with an enabled rule that matches the change, without waiting for the result. */
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

    private static JsonObject event(StateChange change) {
        String arn = "arn:aws:ec2:" + LocalAccount.REGION + ":" + LocalAccount.ID + ":instance/" + change.instanceId();
        return JsonObject.of("version", "0")
                .with("id", UUID.randomUUID().toString())
                .with("detail-type", "EC2 Instance State-change Notification")
                .with("source", "aws.ec2")
                .with("account", LocalAccount.ID)
                .with("time", change.time().toString())
                .with("region", LocalAccount.REGION)
                .with("resources", List.of(arn))
                .with("detail", Map.of("instance-id", change.instanceId(), "state", change.state()));
    }
}
