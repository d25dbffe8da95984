package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.runtime.WakeboxException;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.Body;
import software.amazon.awssdk.services.sesv2.model.Content;
import software.amazon.awssdk.services.sesv2.model.MessageHeader;
import software.amazon.awssdk.services.sesv2.model.SendEmailRequest;

/** Sends through Amazon SES. Thread-safe. */
final class SesMailer implements Mailer {
    private static final Set<String> LIMITS = Set.of("TooManyRequestsException", "LimitExceededException");

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
            WakeboxException failure = AwsErrors.failed("send the mail", e, LIMITS);
            // Without its cause, which would be logged: SES's message can contain the owner's address.
            throw new WakeboxException(failure.code(), requireNonNull(failure.getMessage()));
        }
    }

    private static Content utf8(String text) {
        return Content.builder().charset("UTF-8").data(text).build();
    }
}
