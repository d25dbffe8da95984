package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.Body;
import software.amazon.awssdk.services.sesv2.model.Content;
import software.amazon.awssdk.services.sesv2.model.LimitExceededException;
import software.amazon.awssdk.services.sesv2.model.MessageHeader;
import software.amazon.awssdk.services.sesv2.model.SendEmailRequest;
import software.amazon.awssdk.services.sesv2.model.TooManyRequestsException;

/** Sends through Amazon SES. Thread-safe. */
final class SesMailer implements Mailer {
    private final SesV2Client ses;
    private final String from;
    private final String contact;

    /**
     * Sends nothing yet.
     *
     * @param ses a client that doesn't retry: a second try could be a second mail
     * @param from a sender that SES has verified
     * @param contact an address that people read
     */
    SesMailer(SesV2Client ses, String from, String contact) {
        this.ses = requireNonNull(ses, "ses is null");
        this.from = requireNonNull(from, "from is null");
        this.contact = requireNonNull(contact, "contact is null");
    }

    @Override
    public void send(Mail mail) {
        var request = SendEmailRequest.builder()
                .fromEmailAddress(from)
                .replyToAddresses(contact)
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
        } catch (SdkException e) {
            throw new WakeboxException(
                    mayPass(e) ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                    "The mail was not accepted: " + reason(e) + ".",
                    e);
        }
    }

    private static boolean mayPass(SdkException e) {
        return !(e instanceof AwsServiceException service)
                || service.statusCode() >= 500
                || service.isThrottlingException()
                || e instanceof TooManyRequestsException
                || e instanceof LimitExceededException;
    }

    /** SES's code and not its message, which can contain the owner's address. */
    private static String reason(SdkException e) {
        return e instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorCode() + " (HTTP " + service.statusCode() + ")"
                : "SES could not be reached";
    }

    private static Content utf8(String text) {
        return Content.builder().charset("UTF-8").data(text).build();
    }
}
