package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqsBatchTest {
    @Test
    void isBatch_whenS3NotificationOrEmptyOrHttp_isFalse() {
        assertThat(SqsBatch.isBatch(batch(message("1", "{}")))).isTrue();
        assertThat(SqsBatch.isBatch(batch(Map.of("eventSource", "aws:s3")))).isFalse();
        assertThat(SqsBatch.isBatch(batch())).isFalse();
        assertThat(SqsBatch.isBatch(JsonObject.of())).isFalse();
    }

    @Test
    void handle_whenTheRecordsAreNoList_fails() {
        assertThatThrownBy(() -> SqsBatch.handle(JsonObject.of("Records", 7), _ -> {}))
                .isInstanceOf(WakeboxException.class)
                .hasMessageContaining("Records must be a list, is 7");
    }

    @Test
    void handle_whenAllSucceed_reportsNoFailure() {
        var bodies = new ArrayList<Object>();

        var answer = SqsBatch.handle(batch(message("1", "{\"a\": 1}"), message("2", "{\"a\": 2}")), bodies::add);

        assertThat(bodies).containsExactly(Map.of("a", 1), Map.of("a", 2));
        assertThat(Json.string(answer)).isEqualTo("{\"batchItemFailures\":[]}");
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
        assertThat(Json.string(answer))
                .isEqualTo("{\"batchItemFailures\":[{\"itemIdentifier\":\"1\"},{\"itemIdentifier\":\"2\"}]}");
    }

    private static Map<String, Object> message(String id, String body) {
        return Map.of("messageId", id, "eventSource", "aws:sqs", "body", body);
    }

    private static JsonObject batch(Object... messages) {
        return JsonObject.of("Records", List.of(messages));
    }
}
