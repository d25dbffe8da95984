package dev.wakebox.local.mail;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.EventDestination;
import software.amazon.awssdk.services.sesv2.model.EventType;
import software.amazon.awssdk.services.sns.SnsClient;

/**
 * SES's mailbox simulator: mails to its addresses publish the same events as on AWS, to the SNS topics of the mail's
 * configuration set. A label after {@code +} creates separate addresses. Thread-safe.
 *
 * @see <a href="https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html">mailbox simulator</a>
 * @see <a href="https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html">contents of
 *     event data</a>
 */
public final class MailboxSimulator {
    private static final Logger log = LoggerFactory.getLogger(MailboxSimulator.class);
    private static final Pattern ADDRESS =
            Pattern.compile("(success|bounce|ooto|complaint|suppressionlist)(?:\\+[^@]*)?@simulator\\.amazonses\\.com");

    private final SesV2Client configurations;
    private final SnsClient topics;
    private final Clock clock;

    /** @param configurations reads the configuration sets */
    public MailboxSimulator(SesV2Client configurations, SnsClient topics, Clock clock) {
        this.configurations = configurations;
        this.topics = topics;
        this.clock = clock;
    }

    /** A mail that SES has accepted. */
    record Accepted(String messageId, String from, Collection<String> recipients, String configurationSet) {}

    /** Publishes the events of the mail. */
    void publish(Accepted mail) {
        for (String recipient : mail.recipients()) {
            Matcher address = ADDRESS.matcher(recipient.toLowerCase(Locale.ROOT));
            if (address.matches()) {
                for (EventType type : types(address.group(1))) {
                    publish(mail, type, event(mail, recipient, address.group(1), type));
                }
            }
        }
    }

    private static List<EventType> types(String scenario) {
        return switch (scenario) {
            case "bounce", "suppressionlist" -> List.of(EventType.BOUNCE);
            case "ooto" -> List.of(EventType.DELIVERY, EventType.BOUNCE);
            case "complaint" -> List.of(EventType.DELIVERY, EventType.COMPLAINT);
            default -> List.of(EventType.DELIVERY);
        };
    }

    private void publish(Accepted mail, EventType type, JsonObject event) {
        try {
            configurations
                    .getConfigurationSetEventDestinations(
                            request -> request.configurationSetName(mail.configurationSet()))
                    .eventDestinations()
                    .stream()
                    .filter(EventDestination::enabled)
                    .filter(destination -> destination.matchingEventTypes().contains(type))
                    .flatMap(destination -> Optional.ofNullable(destination.snsDestination()).stream())
                    .forEach(destination -> topics.publish(request -> request.topicArn(destination.topicArn())
                            .subject("Amazon SES Email Event Notification")
                            .message(Json.string(event))));
        } catch (SdkException e) {
            log.error("The event {} of the mail {} could not be published: {}", type, mail.messageId(), e.getMessage());
        }
    }

    private JsonObject event(Accepted mail, String recipient, String scenario, EventType type) {
        String now = clock.instant().toString();
        var event = JsonObject.of(
                "mail",
                Map.of(
                        "timestamp", now,
                        "messageId", mail.messageId(),
                        "source", mail.from(),
                        "destination", mail.recipients(),
                        "headersTruncated", false,
                        "tags", Map.of("ses:configuration-set", List.of(mail.configurationSet()))));
        String feedbackId = UUID.randomUUID().toString();
        return switch (type) {
            case BOUNCE ->
                event.with("eventType", "Bounce")
                        .with(
                                "bounce",
                                Map.of(
                                        "bounceType",
                                        scenario.equals("ooto") ? "Transient" : "Permanent",
                                        "bounceSubType",
                                        scenario.equals("suppressionlist") ? "Suppressed" : "General",
                                        "bouncedRecipients",
                                        List.of(bounced(recipient, scenario)),
                                        "timestamp",
                                        now,
                                        "feedbackId",
                                        feedbackId));
            case COMPLAINT ->
                event.with("eventType", "Complaint")
                        .with(
                                "complaint",
                                Map.of(
                                        "complainedRecipients",
                                        List.of(Map.of("emailAddress", recipient)),
                                        "complaintFeedbackType",
                                        "abuse",
                                        "timestamp",
                                        now,
                                        "feedbackId",
                                        feedbackId));
            default ->
                event.with("eventType", "Delivery")
                        .with(
                                "delivery",
                                Map.of("timestamp", now, "recipients", List.of(recipient), "smtpResponse", "250 ok"));
        };
    }

    private static Map<String, String> bounced(String recipient, String scenario) {
        return switch (scenario) {
            case "bounce" ->
                Map.of(
                        "emailAddress", recipient,
                        "action", "failed",
                        "status", "5.1.1",
                        "diagnosticCode", "smtp; 550 5.1.1 user unknown");
            default -> Map.of("emailAddress", recipient);
        };
    }
}
