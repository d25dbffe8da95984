package dev.wakebox.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.services.sesv2.model.NotFoundException;

/** Checks SES for the mails about uploads: the account's sandbox, and the sender's identity. */
final class MailChecks {
    private static final String IDENTITY = ":identity/";

    private MailChecks() {}

    /**
     * The findings for a stack.
     *
     * @param deployed whether the stack exists, and with it the identity that it makes
     */
    static List<Finding> of(AwsAccount aws, StackParameters parameters, boolean deployed) {
        if (!parameters.has("ProcessingInstanceId") || !parameters.has("MailFrom")) {
            return List.of();
        }
        var findings = new ArrayList<Finding>();
        findings.addAll(aws.ask("SES in " + aws.region(), "ses:GetAccount", () -> List.of(account(aws))));
        String from = parameters.text("MailFrom");
        if (parameters.has("MailIdentityArn")) {
            String arn = parameters.text("MailIdentityArn");
            findings.addAll(given(aws, from, arn));
        } else {
            String check = "MailFrom " + from;
            findings.addAll(aws.ask(check, "ses:GetEmailIdentity", () -> List.of(made(aws, check, from, deployed))));
        }
        return findings;
    }

    private static Finding account(AwsAccount aws) {
        String check = "SES in " + aws.region();
        var account = aws.ses().getAccount(request -> {});
        if (Boolean.FALSE.equals(account.sendingEnabled())) {
            return Finding.problem(
                    check,
                    "SES does not let this account send (" + account.enforcementStatus() + ").",
                    "See the account dashboard of SES in the console.");
        }
        return Boolean.TRUE.equals(account.productionAccessEnabled())
                ? Finding.ok(check, "out of the sandbox")
                : Finding.warning(
                        check,
                        "The account is in the sandbox: SES sends only to verified addresses, 200 mails a day.",
                        "Ask for production access: aws sesv2 put-account-details, or the console of SES.");
    }

    private static List<Finding> given(AwsAccount aws, String from, String arn) {
        String check = "MailIdentityArn " + arn;
        int at = arn.indexOf(IDENTITY);
        if (at < 0
                || !arn.startsWith("arn:")
                || !arn.contains(":ses:" + aws.region().id() + ":")) {
            return List.of(Finding.problem(
                    check,
                    "It is no ARN of an SES identity in " + aws.region() + ".",
                    "Give arn:aws:ses:" + aws.region() + ":" + aws.accountId() + ":identity/ADDRESS or DOMAIN"));
        }
        String identity = arn.substring(at + IDENTITY.length());
        String address = from.toLowerCase(Locale.ROOT);
        if (!address.equals(identity.toLowerCase(Locale.ROOT))
                && !address.endsWith("@" + identity.toLowerCase(Locale.ROOT))) {
            String domain = address.substring(address.indexOf('@') + 1);
            if (!domain.endsWith("." + identity.toLowerCase(Locale.ROOT))) {
                return List.of(Finding.problem(
                        check,
                        "MailFrom is " + from + ", which is not of this identity.",
                        "Give the identity of MailFrom's address or domain."));
            }
        }
        return aws.ask(
                check,
                "ses:GetEmailIdentity",
                () -> List.of(verified(aws, identity)
                        .map(is -> is ? Finding.ok(check, "verified") : notVerified(check))
                        .orElseGet(() -> Finding.problem(
                                check,
                                "There is no such identity.",
                                "Make it (aws sesv2 create-email-identity --email-identity " + identity
                                        + "), and confirm it."))));
    }

    private static Finding made(AwsAccount aws, String check, String from, boolean deployed) {
        Optional<Boolean> verified = verified(aws, from);
        if (deployed) {
            return verified.map(is -> is ? Finding.ok(check, "verified") : notVerified(check))
                    .orElseGet(() -> Finding.problem(
                            check, "Its identity is gone, although the stack made it.", "Make and confirm it again."));
        }
        return verified.isPresent()
                ? Finding.problem(
                        check,
                        "SES has this identity already, and the deployment would make it.",
                        "Set MailIdentityArn=arn:aws:ses:" + aws.region() + ":" + aws.accountId() + ":identity/" + from)
                : Finding.ok(check, "the deployment makes the identity; then confirm the link that SES mails");
    }

    private static Finding notVerified(String check) {
        return Finding.problem(
                check, "It is not verified.", "Open the link that SES mailed, or set the domain's DKIM records.");
    }

    /** Whether SES may send for the identity; empty if there is none. */
    private static Optional<Boolean> verified(AwsAccount aws, String identity) {
        try {
            return Optional.of(Boolean.TRUE.equals(aws.ses()
                    .getEmailIdentity(request -> request.emailIdentity(identity))
                    .verifiedForSendingStatus()));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }
}
