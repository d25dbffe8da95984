package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.crac.Core;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class PrimingTest {
    private final List<String> asked = new ArrayList<>();
    private final AtomicInteger primed = new AtomicInteger();

    @Test
    void beforeCheckpoint_whenRefusedOrAnswered_goesThroughTheEventAThousandTimes() {
        prime(() -> {
            if (asked.size() % 2 == 0) {
                throw new WakeboxException(ErrorCode.NOT_FOUND, "There is none.");
            }
            return HttpResponse.ok(Map.of());
        });

        assertThat(asked).hasSize(1000).containsOnly("/prime");
        assertThat(primed).hasValue(1000);
    }

    @Test
    void beforeCheckpoint_whenItFails_endsAndLetsTheSnapshotBeTaken() {
        prime(() -> {
            throw new WakeboxException(ErrorCode.INTERNAL, "AccessDenied.");
        });

        assertThat(asked).hasSize(1);
    }

    @Test
    void beforeCheckpoint_whenOver_logsAsBefore() {
        Logger root = LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        assertThat(root.isInfoEnabled()).isTrue();

        prime(() -> {
            assertThat(root.isInfoEnabled()).isFalse();
            throw new IllegalStateException("unforeseen");
        });

        assertThat(root.isInfoEnabled()).isTrue();
    }

    private void prime(Supplier<HttpResponse> answer) {
        var function = new LambdaFunction() {
            @Override
            protected HttpResponse http(HttpRequest request) {
                asked.add(request.path());
                return answer.get();
            }

            @Override
            protected void prime() {
                primed.incrementAndGet();
            }
        };
        new Priming(function).beforeCheckpoint(Core.getGlobalContext());
    }
}
