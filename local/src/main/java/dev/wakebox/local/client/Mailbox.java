package dev.wakebox.local.client;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

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
                    Map<?, ?> mail = (Map<?, ?>) each;
                    mails.add(new Mail(
                            Instant.ofEpochMilli((long) (1000 * ((Number) mail.get("Timestamp")).doubleValue())),
                            String.valueOf(mail.get("Source")),
                            String.join(", ", ((List<?>) mail.get("To")).stream().map(String::valueOf).toList()),
                            String.valueOf(mail.get("Subject")),
                            String.valueOf(mail.get("BodyText"))));
                }
            }
        }
        mails.sort(Comparator.comparing(Mail::sent));
        return mails;
    }
}
