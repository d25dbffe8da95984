package dev.wakebox.functions.egressworker;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.egress.Egress;
import dev.wakebox.egress.QueuedJob;
import dev.wakebox.platform.OutOfBudgetException;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.MessageVisibility;
import dev.wakebox.storage.S3ObjectStreams;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.storage.SqsMessageVisibility;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The worker of the queue of outputs that are too large or slow for an answer to the webhook. */
public final class EgressWorkerHandler extends LambdaFunction {
    /** Lambda ends an invocation after 15 minutes. */
    private static final Egress.Limits LIMITS =
            new Egress.Limits(S3ObjectStreams.MOST_BYTES, Duration.ofMinutes(14), Duration.ofSeconds(30));

    private static final Duration FIRST_DELAY = Duration.ofSeconds(30);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(15);
    /** SQS allows a visibility timeout of 12 hours, including the time since the message was received. */
    private static final Duration LONGEST_WISH = Duration.ofHours(11);

    private final Egress egress;
    private final MessageVisibility visibility;
    private final Clock clock;

    /**
     * Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code EGRESS_QUEUE_URL}, {@code PLATFORM_TOKEN_ARN} and, where
     * set, {@code PLATFORM_TRUSTED_HOSTS}.
     */
    public EgressWorkerHandler() {
        this(
                Egress.ofEnvironment(LIMITS),
                new SqsMessageVisibility(
                        SqsClient.builder().httpClient(AwsHttp.client()).build(),
                        Environment.required("EGRESS_QUEUE_URL")),
                Clock.systemUTC());
    }

    EgressWorkerHandler(Egress egress, MessageVisibility visibility, Clock clock) {
        this.egress = requireNonNull(egress, "egress is null");
        this.visibility = requireNonNull(visibility, "visibility is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    protected SqsBatch.Response event(JsonObject event) {
        return SqsBatch.handleMessages(event, this::receive);
    }

    private void receive(SqsBatch.Message message) {
        try {
            store(QueuedJob.of(message.body()));
        } catch (WakeboxException e) {
            visibility.retryAfter(message.receiptHandle(), delay(message.receiveCount(), e));
            throw e;
        }
    }

    /** @throws WakeboxException when the output isn't stored yet, so that SQS redelivers the message */
    private void store(QueuedJob job) {
        try {
            if (egress.store(job.id(), clock.instant()).isEmpty()) {
                throw new WakeboxException(
                        ErrorCode.UNAVAILABLE,
                        "The output of \"" + job.id() + "\" is being stored by another delivery.");
            }
        } catch (OutOfBudgetException e) {
            Egress.Limits limits = egress.limits();
            throw new WakeboxException(
                    ErrorCode.GATEWAY_TIMEOUT,
                    "The output of \"" + job.id() + "\" exceeds the worker's limits of " + limits.bytes()
                            + " bytes and " + limits.time().toSeconds() + " s. " + e.getMessage(),
                    e);
        } catch (WakeboxException e) {
            // The sender of the webhook was told of an unknown job by the delivery that was storing it.
            if (!job.precaution() || e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
    }

    /** Doubles with each receive, and is never shorter than {@code Retry-After}. */
    static Duration delay(int receiveCount, WakeboxException failure) {
        Duration delay = MessageVisibility.backoff(receiveCount, FIRST_DELAY, LONGEST_DELAY);
        Duration wish = failure.getCause() instanceof TransientFailure cause && cause.retryAfter() != null
                ? cause.retryAfter()
                : Duration.ZERO;
        return Collections.min(List.of(LONGEST_WISH, Collections.max(List.of(delay, wish))));
    }
}
