package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.Body;
import software.amazon.awssdk.services.sesv2.model.Content;
import software.amazon.awssdk.services.sesv2.model.MessageHeader;
import software.amazon.awssdk.services.sesv2.model.SendEmailRequest;

/** Sends mails through Amazon SES. Thread-safe. */
final class SesMailer implements Mailer {
    /** The error codes of the sending rate and the daily quota; {@code Throttling} is the older name. */
    private static final Set<String> LIMITS = Set.of(
            "TooManyRequestsException",
            "LimitExceededException",
            "Throttling",
            "ThrottlingException",
            "ConcurrentModificationException");

    private final SesV2Client ses;
    private final String from;
    private final String contact;
    private final Optional<String> configurationSet;

    /**
     * Creates the mailer without a call.
     *
     * @param ses a client that doesn't retry: a retry could send a second mail
     * @param from a sender that SES has verified
     * @param contact an address that people read
     * @param configurationSet publishes bounces and complaints, if there is one
     */
    SesMailer(SesV2Client ses, String from, String contact, Optional<String> configurationSet) {
        this.ses = requireNonNull(ses, "ses is null");
        this.from = requireNonNull(from, "from is null");
        this.contact = requireNonNull(contact, "contact is null");
        this.configurationSet = requireNonNull(configurationSet, "configurationSet is null");
    }

    @Override
    public Delivery send(Mail mail) {
        var request = SendEmailRequest.builder()
                .fromEmailAddress(from)
                .replyToAddresses(contact)
                .configurationSetName(configurationSet.orElse(null))
                .destination(destination -> destination.toAddresses(mail.to()))
                .content(content -> content.simple(message -> message.subject(utf8(mail.subject()))
                        .body(Body.builder()
                                .text(utf8(mail.text()))
                                .html(utf8(mail.html()))
                                .build())
                        .headers(MessageHeader.builder()
                                .name("List-Unsubscribe")
                                .value("<mailto:" + contact + "?subject=unsubscribe>")
                                .build())))
                .build();
        try {
            ses.sendEmail(request);
            return new Delivery.Sent();
        } catch (AwsServiceException e) {
            // Log the code only: SES's message can contain the owner's address.
            String code = AwsErrors.code(e);
            return AwsErrors.mayPass(e) || LIMITS.contains(code)
                    ? new Delivery.Later(code)
                    : new Delivery.Refused(code);
        } catch (SdkException e) {
            return wasNeverSent(e) ? new Delivery.Later("SES could not be reached") : new Delivery.Unanswered();
        }
    }

    private static boolean wasNeverSent(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    private static Content utf8(String text) {
        return Content.builder().charset("UTF-8").data(text).build();
    }
}
