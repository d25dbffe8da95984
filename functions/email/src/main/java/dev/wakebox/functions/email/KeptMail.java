package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.util.Optional;

/**
 * The message that stands for a mail which could not be sent: an operator's redrive sends it again.
 *
 * @param mail the upload's id
 * @param occasion the key of the mail's kind
 */
record KeptMail(String mail, String occasion) {
    KeptMail {
        requireNonNull(mail, "mail is null");
        requireNonNull(occasion, "occasion is null");
    }

    /** The mail in a message; empty when the message is another one. */
    static Optional<KeptMail> of(JsonObject message) {
        return message.optionalText("mail").map(id -> new KeptMail(id, message.text("occasion")));
    }
}
