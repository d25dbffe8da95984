package dev.wakebox.functions.classifiertrainrequest;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.runtime.Json;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Messages {@code {"id": …, "authorization": …}} in an SQS queue. Thread-safe. */
final class SqsTrainQueue implements TrainQueue {
    private final SqsClient sqs;
    private final String queueUrl;

    SqsTrainQueue(SqsClient sqs, String queueUrl) {
        this.sqs = requireNonNull(sqs, "sqs is null");
        this.queueUrl = requireNonNull(queueUrl, "queueUrl is null");
    }

    @Override
    public void send(String id, @Nullable String authorization) {
        var message = new LinkedHashMap<String, @Nullable Object>();
        message.put("id", id);
        message.put("authorization", authorization);
        try {
            sqs.sendMessage(request -> request.queueUrl(queueUrl).messageBody(Json.string(message)));
        } catch (SdkException e) {
            throw AwsErrors.failed("put the training into the queue", e);
        }
    }
}
