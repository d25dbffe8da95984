package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SqsBatchTest {
    @Test
    void isBatch_whenS3NotificationOrEmptyOrHttp_isFalse() {
        assertThat(SqsBatch.isBatch(batch(message("1", "{}")))).isTrue();
        assertThat(SqsBatch.isBatch(batch(Map.of("eventSource", "aws:s3")))).isFalse();
        assertThat(SqsBatch.isBatch(batch())).isFalse();
        assertThat(SqsBatch.isBatch(Map.of())).isFalse();
    }

    @Test
    void handle_whenAllSucceed_reportsNoFailure() {
        var bodies = new ArrayList<Object>();

        var answer = SqsBatch.handle(batch(message("1", "{\"a\": 1}"), message("2", "{\"a\": 2}")), bodies::add);

        assertThat(bodies).containsExactly(Map.of("a", 1), Map.of("a", 2));
        assertThat(answer).isEqualTo(Map.of("batchItemFailures", List.of()));
    }

    @Test
    void handle_whenSomeFail_reportsThoseAndHandlesTheRest() {
        var handled = new ArrayList<Object>();

        var answer = SqsBatch.handle(
                batch(message("1", "{\"a\": 1}"), message("2", "no JSON"), message("3", "{\"a\": 3}")), body -> {
                    if (body.containsValue(1)) {
                        throw new WakeboxException(ErrorCode.UNAVAILABLE, "Later.");
                    }
                    handled.add(body);
                });

        assertThat(handled).containsExactly(Map.of("a", 3));
        assertThat(answer)
                .isEqualTo(Map.of(
                        "batchItemFailures", List.of(Map.of("itemIdentifier", "1"), Map.of("itemIdentifier", "2"))));
    }

    private static Map<String, Object> message(String id, String body) {
        return Map.of("messageId", id, "eventSource", "aws:sqs", "body", body);
    }

    private static Map<String, @Nullable Object> batch(Object... messages) {
        return Map.of("Records", List.of(messages));
    }
}
