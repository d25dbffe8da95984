package dev.wakebox.cli;

import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The mails that the application has sent; none has left this computer. */
record Mailbox(Application application) {
    /** One mail. */
    record Mail(Instant sent, String from, String to, String subject, String text) {}

    /** All mails, the oldest first. */
    List<Mail> mails() throws IOException, InterruptedException {
        var mails = new ArrayList<Mail>();
        JsonObject byAccount =
                application.getFromAws("/_ministack/ses/messages").body().object("messages");
        for (String account : byAccount.keySet()) {
            for (JsonObject mail : byAccount.objects(account)) {
                mails.add(mail(mail));
            }
        }
        mails.sort(Comparator.comparing(Mail::sent));
        return mails;
    }

    private static Mail mail(JsonObject mail) throws IOException {
        Number seconds = mail.number("Timestamp");
        if (seconds == null || !mail.has("To")) {
            throw new IOException("the mailbox has a mail without time or recipient");
        }
        return new Mail(
                Instant.ofEpochMilli((long) (1000 * seconds.doubleValue())),
                mail.text("Source"),
                String.join(", ", mail.texts("To")),
                mail.text("Subject"),
                mail.text("BodyText"));
    }
}
