package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RehearsalTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GetItem",
                "DescribeInstances",
                "ListCommands",
                "Query",
                "GET /status.json",
                "HEAD /key",
                "GetParameter"
            })
    void port_whenOnlyReadsMayPass_letsReadsGoToAws(String call) {
        assertThat(Rehearsal.ofReads().port(call)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PutItem",
                "UpdateItem",
                "StartInstances",
                "TerminateInstances",
                "SendCommand",
                "SendMessage",
                "ChangeMessageVisibility",
                "PutEvents",
                "PUT /status.json",
                "DELETE /key",
                "POST /v2/email/outbound-emails",
                "Listen",
                "Getaway"
            })
    void port_whenOnlyReadsMayPass_refusesAllOthers(String call) {
        assertThatThrownBy(() -> Rehearsal.ofReads().port(call)).hasMessageEndingWith("refused: " + call);
    }

    @Test
    void answer_whenEveryCallHasOne_isTheOneOfTheOperationOrOfThePath() {
        var rehearsal = Rehearsal.of(JsonObject.of("SendCommand", Map.of("body", Map.of("Command", "c")))
                .with("HEAD /key", Map.of("status", 404, "headers", Map.of("ETag", "e"))));

        assertThat(rehearsal.answer("SendCommand").body()).asString().isEqualTo("{\"Command\":\"c\"}");
        var head = rehearsal.answer("HEAD /bucket/key?versionId=1");
        assertThat(head.status()).isEqualTo(404);
        assertThat(head.headers()).containsEntry("ETag", "e");
        assertThatThrownBy(() -> rehearsal.answer("GET /bucket/key"))
                .hasMessage("rehearsal.json has no answer to GET /bucket/key");
    }
}
