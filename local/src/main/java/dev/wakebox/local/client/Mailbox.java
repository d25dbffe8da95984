package dev.wakebox.local.client;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The mails that were sent here; none has left this machine. */
record Mailbox(Application application) {
    /** One mail. */
    record Mail(Instant sent, String from, String to, String subject, String text) {}

    /** All mails, the oldest first. */
    List<Mail> mails() throws IOException, InterruptedException {
        var mails = new ArrayList<Mail>();
        if (application.getFromAws("/_ministack/ses/messages").body().get("messages")
                instanceof Map<?, ?> mailsByAccount) {
            for (Object ofAccount : mailsByAccount.values()) {
                for (Object each : (List<?>) ofAccount) {
                    mails.add(mail((Map<?, ?>) each));
                }
            }
        }
        mails.sort(Comparator.comparing(Mail::sent));
        return mails;
    }

    private static Mail mail(Map<?, ?> mail) throws IOException {
        if (mail.get("Timestamp") instanceof Number seconds && mail.get("To") instanceof List<?> to) {
            return new Mail(
                    Instant.ofEpochMilli((long) (1000 * seconds.doubleValue())),
                    String.valueOf(mail.get("Source")),
                    to.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                    String.valueOf(mail.get("Subject")),
                    String.valueOf(mail.get("BodyText")));
        }
        throw new IOException("the mailbox has a mail without time or recipient");
    }
}
