package dev.wakebox.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sns.model.Subscription;

/** Checks whether those who get the mails of a stack's topics have confirmed their subscriptions. */
final class SubscriptionChecks {
    /** The parameter with the address, and the topic that it is subscribed to. */
    private static final Map<String, String> TOPICS =
            Map.of("AlarmEmail", "AlarmTopic", "OutcomeEmail", "OutcomeTopic");

    private static final String PENDING = "PendingConfirmation";

    private SubscriptionChecks() {}

    /** The findings for a deployed stack. */
    static List<Finding> of(AwsAccount aws, StackParameters parameters, String stack) {
        var findings = new ArrayList<Finding>();
        TOPICS.keySet().stream().sorted().filter(parameters::has).forEach(parameter -> {
            String address = parameters.text(parameter);
            String check = parameter + " " + address;
            findings.addAll(aws.ask(
                    check,
                    "sns:ListSubscriptions",
                    () -> List.of(subscription(aws, check, address, ":" + stack + "-" + TOPICS.get(parameter)))));
        });
        return findings;
    }

    private static Finding subscription(AwsAccount aws, String check, String address, String topic) {
        Optional<Subscription> found = aws.sns().listSubscriptionsPaginator().subscriptions().stream()
                .filter(subscription -> address.equals(subscription.endpoint())
                        && subscription.topicArn().contains(topic))
                .findFirst();
        if (found.isEmpty()) {
            return Finding.warning(
                    check,
                    "The address is not subscribed: it was never confirmed, or its owner has unsubscribed.",
                    "aws sns subscribe --protocol email --notification-endpoint " + address
                            + " --topic-arn TOPIC (aws sns list-topics), and open the link in the mail.");
        }
        return PENDING.equals(found.get().subscriptionArn())
                ? Finding.warning(
                        check,
                        "The subscription is not confirmed: no mail is sent.",
                        "Open the link in SNS's mail. It is valid for two days; aws sns subscribe --protocol email"
                                + " --notification-endpoint " + address + " --topic-arn "
                                + found.get().topicArn() + " sends another one.")
                : Finding.ok(check, "confirmed");
    }
}
