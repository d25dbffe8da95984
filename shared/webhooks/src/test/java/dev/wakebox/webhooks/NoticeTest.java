package dev.wakebox.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class NoticeTest {
    @Test
    void toJson_always_hasTheFieldsOfAnEvent() {
        var notice = new Notice(
                "wakebox.upload", "DONE", Instant.parse("2026-01-31T12:00:00Z"), JsonObject.of("id", "4711"));

        assertThat(Json.string(notice.toJson()))
                .isEqualTo("{\"source\":\"wakebox.upload\",\"detail-type\":\"DONE\","
                        + "\"time\":\"2026-01-31T12:00:00Z\",\"detail\":{\"id\":\"4711\"}}");
    }
}
