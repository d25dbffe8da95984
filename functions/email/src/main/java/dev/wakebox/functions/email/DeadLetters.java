package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.SqsQueue;

/** The dead-letter queue of the mails: a message in it raises an alarm, and a redrive sends it again. Thread-safe. */
record DeadLetters(SqsQueue queue) implements KeptMails {
    DeadLetters {
        requireNonNull(queue, "queue is null");
    }

    @Override
    public void keep(String uploadId, MailKind kind) {
        queue.send(new KeptMail(uploadId, kind.key()), "keep the mail about " + uploadId + " for an operator");
    }
}
