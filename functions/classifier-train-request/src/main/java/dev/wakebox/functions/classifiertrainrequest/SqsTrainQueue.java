package dev.wakebox.functions.classifiertrainrequest;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
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
            boolean mayPass = e instanceof SdkClientException
                    || (e instanceof AwsServiceException service
                            && (service.statusCode() >= 500 || service.isThrottlingException()));
            throw new WakeboxException(
                    mayPass ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                    "The training could not be put into the queue; try again later.",
                    e);
        }
    }
}
