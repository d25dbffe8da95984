package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

/** Passes mails to a mail service. Implementations are thread-safe. */
interface Mailer {
    /** The result of sending a mail. */
    sealed interface Delivery {
        /** The service accepted the mail. */
        record Sent() implements Delivery {}

        /** The service did not accept the mail, but may do so later: it throttled, failed, or could not be reached. */
        record Later(String why) implements Delivery {
            public Later {
                requireNonNull(why, "why is null");
            }
        }

        /**
         * The service did not accept the mail, and won't before an operator acts: it was rejected, the address is not
         * verified, or sending is paused.
         */
        record Refused(String why) implements Delivery {
            public Refused {
                requireNonNull(why, "why is null");
            }
        }

        /** The mail was sent without an answer: the service may have accepted it. */
        record Unanswered() implements Delivery {}
    }

    /** Sends a mail in one attempt. */
    Delivery send(Mail mail);
}
