package dev.wakebox.functions.egressworker;

import static dev.wakebox.egress.InMemoryEgress.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.egress.Egress;
import dev.wakebox.egress.InMemoryEgress;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.Lease;
import dev.wakebox.local.platform.DeliveryFault;
import dev.wakebox.local.platform.Output;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressWorkerHandlerTest {
    private static final String QUEUED = Invocation.fixture("egress-worker-queued.json");
    private static final Map<String, Object> DONE = Map.of("batchItemFailures", List.of());
    private static final Map<String, Object> AGAIN =
            Map.of("batchItemFailures", List.of(Map.of("itemIdentifier", "059f36b4-87a3-44ab-83d2-661975830a7d")));
    private static final long SMALL = 1_000_000;

    private final InMemoryEgress egress = new InMemoryEgress();
    private final List<Duration> delays = new ArrayList<>();

    @AfterEach
    void stop() {
        egress.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void queued_whenTheOutputIsBig_isStored(boolean announced) {
        var big = Output.of(ID, SMALL + 1);
        egress.platform.put(announced ? big : big.unannounced());

        assertThat(receive(Long.MAX_VALUE, QUEUED)).isEqualTo(DONE);

        assertThat(egress.written(ID).body()).isEqualTo(egress.platform.bytes(ID));
        assertThat(delays).isEmpty();
    }

    @Test
    void queued_whenItFails_isRedelivered() {
        egress.platform.put(Output.of(ID, 10).failing(new DeliveryFault.Status(503, ""), Integer.MAX_VALUE));
        Instant began = egress.clock.instant();

        assertThat(receive(Long.MAX_VALUE, QUEUED)).isEqualTo(AGAIN);

        assertThat(egress.objects.objects()).isEmpty();
        assertThat(delays).containsExactly(Duration.ofSeconds(30));
        assertThat(Duration.between(began, egress.clock.instant())).isLessThan(Duration.ofSeconds(35));
    }

    @Test
    void queued_whenTheOutputIsBeyondTheLimits_isRedelivered() {
        egress.platform.put(Output.of(ID, SMALL + 1));

        assertThat(receive(SMALL, QUEUED)).isEqualTo(AGAIN);

        assertThat(delays).containsExactly(Duration.ofSeconds(30));
        assertThat(egress.record()).returns("waiting", Job::state).returns(null, Job::lease);
    }

    @Test
    void queued_whenTheOutputGrowsBeyondTheLimits_isRedeliveredAndLeavesNothing() {
        egress.platform.put(Output.of(ID, 10).failing(new DeliveryFault.Bomb(100 * SMALL), Integer.MAX_VALUE));

        assertThat(receive(SMALL, QUEUED)).isEqualTo(AGAIN);

        assertThat(egress.objects.objects()).isEmpty();
    }

    @Test
    void queued_whenThePlatformSaysWhen_isRedeliveredThenAndTriesNoMore() {
        egress.platform.put(Output.of(ID, 10).failing(new DeliveryFault.Status(503, "3600"), Integer.MAX_VALUE));

        assertThat(receive(Long.MAX_VALUE, QUEUED)).isEqualTo(AGAIN);

        assertThat(delays).containsExactly(Duration.ofHours(1));
        assertThat(egress.platform.requests(ID)).isEqualTo(1);
    }

    @Test
    void queued_whenStoredMeanwhile_isDone() {
        egress.platform.put(Output.of(ID, 10));
        receive(Long.MAX_VALUE, QUEUED);

        assertThat(receive(Long.MAX_VALUE, QUEUED)).isEqualTo(DONE);

        assertThat(egress.platform.requests(ID)).isEqualTo(1);
    }

    @Test
    void queued_whenAnotherDeliveryHasTheLease_isRedelivered() {
        egress.platform.put(Output.of(ID, 10));
        Instant now = egress.clock.instant();
        egress.jobs.create(new Job(
                new JobId("egress", ID),
                Map.of(),
                List.of(new Change("waiting", now, "Test.")),
                new Lease("another", now.plusSeconds(60)),
                null));

        assertThat(receive(Long.MAX_VALUE, QUEUED)).isEqualTo(AGAIN);

        assertThat(egress.platform.requests(ID)).isZero();
    }

    @Test
    void queued_whenThePlatformDoesNotKnowTheJob_isRedeliveredUnlessItWasAPrecaution() {
        assertThat(receive(Long.MAX_VALUE, QUEUED)).isEqualTo(AGAIN);
        assertThat(receive(Long.MAX_VALUE, QUEUED.replace("\\\"}", "\\\", \\\"precaution\\\": true}")))
                .isEqualTo(DONE);
    }

    @Test
    void queued_whenTheIdIsHostile_isRedeliveredAndAsksNobody() {
        assertThat(receive(Long.MAX_VALUE, QUEUED.replace(ID, "../../etc/passwd")))
                .isEqualTo(AGAIN);

        assertThat(delays).containsExactly(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource({"1, PT30S", "2, PT1M", "5, PT8M", "6, PT15M", "12, PT15M"})
    void delay_whenDeliveredOften_growsToAQuarterOfAnHour(int receiveCount, Duration delay) {
        assertThat(EgressWorkerHandler.delay(receiveCount, failure(Duration.ofSeconds(5))))
                .isEqualTo(delay);
    }

    @Test
    void delay_whenThePlatformAsksForTooMuch_isWhatTheQueueAllows() {
        assertThat(EgressWorkerHandler.delay(1, failure(Duration.ofDays(400)))).isEqualTo(Duration.ofHours(11));
    }

    private static WakeboxException failure(Duration retryAfter) {
        return new WakeboxException(
                ErrorCode.BAD_GATEWAY, "Test.", new TransientFailure(ErrorCode.BAD_GATEWAY, "Test.", retryAfter, null));
    }

    /** The answer of a worker that stores outputs up to this size. */
    private Map<String, @Nullable Object> receive(long largest, String event) {
        var limits = new Egress.Limits(largest, Duration.ofMinutes(14), Duration.ofSeconds(30));
        return Invocation.of(
                new EgressWorkerHandler(egress.with(limits), (_, delay) -> delays.add(delay), egress.clock), event);
    }
}
