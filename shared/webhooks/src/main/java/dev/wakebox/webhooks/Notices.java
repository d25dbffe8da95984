package dev.wakebox.webhooks;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.runtime.Environment;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Sends notices as webhooks. Implementations are thread-safe. */
@FunctionalInterface
public interface Notices {
    /** Of a stack that sends no webhooks. */
    Notices NONE = new Notices() {
        @Override
        public void send(Notice notice) {}

        @Override
        public boolean areSent() {
            return false;
        }
    };

    /**
     * Sends a notice. The receiver gets a notice that is sent again with the same id.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when it can't be sent now
     */
    void send(Notice notice);

    /** Whether anything is sent, so that a notice is worth its reads. */
    default boolean areSent() {
        return true;
    }

    /** The queue of {@code NOTIFY_QUEUE_URL}, or {@link #NONE} where that is not set. */
    static Notices ofEnvironment() {
        return Environment.optional("NOTIFY_QUEUE_URL")
                .<Notices>map(url -> NoticeQueue.of(
                        SqsClient.builder().httpClient(AwsHttp.client()).build(), url))
                .orElse(NONE);
    }
}
