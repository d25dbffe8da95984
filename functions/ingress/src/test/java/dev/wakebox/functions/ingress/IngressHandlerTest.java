package dev.wakebox.functions.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.local.platform.PlatformStandIn;
import dev.wakebox.platform.HostGuard;
import dev.wakebox.platform.Platform;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.JumpingClock;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngressHandlerTest {
    private static final String BUCKET = "wakebox-data-000000000000-us-east-1";
    private static final String KEY = "ingest/street corner.mp4";
    private static final byte[] VIDEO = new byte[5000];
    private static final JobId JOB = new JobId("ingress", KEY + " 2026-11-22T12:00:00.250Z");

    private final JumpingClock clock = new JumpingClock();
    private final PlatformStandIn platform = PlatformStandIn.start(0);
    private final InMemoryObjectStore objects = new InMemoryObjectStore(clock);
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final IngressHandler handler = handler("one/analytic", "another/analytic");
    private HttpServer s3;

    @BeforeEach
    void serveTheSignedUrl() throws IOException {
        s3 = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        s3.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, VIDEO.length);
            exchange.getResponseBody().write(VIDEO);
            exchange.close();
        });
        s3.start();
    }

    @AfterEach
    void stop() {
        s3.stop(0);
        platform.close();
    }

    @Test
    void created_whenNew_registersItAndStartsEachAnalytic() {
        objects.put(KEY, VIDEO, "video/mp4", new Condition.Always());

        assertThat(messages()).asString().contains("Registered", "one/analytic, another/analytic");

        Job job = jobs.find(JOB).orElseThrow();
        assertThat(job.state()).isEqualTo("started");
        assertThat(job.attributes()).containsOnlyKeys("dataId", "dataUntil", "one/analytic", "another/analytic");
        assertThat(job.lease()).isNull();
        assertThat(job.history())
                .extracting(Change::state)
                .containsExactly("waiting", "registered", "registered", "registered", "started");
    }

    @Test
    void created_whenTheEventIsRedelivered_startsNothing() {
        objects.put(KEY, VIDEO, "video/mp4", new Condition.Always());
        messages();
        Job first = jobs.find(JOB).orElseThrow();

        assertThat(messages()).asString().contains("was registered before");
        assertThat(jobs.find(JOB).orElseThrow().attributes()).isEqualTo(first.attributes());
    }

    @Test
    void created_whenThePlatformRefuses_failsAndTheNextDeliveryGoesOn() {
        objects.put(KEY, new byte[1], "video/mp4", new Condition.Always());
        assertThatThrownBy(this::messages).isInstanceOf(WakeboxException.class).hasMessageContaining("400");
        assertThat(jobs.find(JOB).orElseThrow().state()).isEqualTo("waiting");

        objects.put(KEY, VIDEO, "video/mp4", new Condition.Always());
        messages();

        assertThat(jobs.find(JOB).orElseThrow().state()).isEqualTo("started");
    }

    @Test
    void created_whenTheAnswerAboutAJobIsLost_startsOneMoreAndNoThird() {
        objects.put(KEY, VIDEO, "video/mp4", new Condition.Always());
        platform.loseAnswers(1);
        assertThatThrownBy(this::messages).isInstanceOf(WakeboxException.class);
        assertThat(platform.jobsStarted()).as("not tried again at once").isOne();

        platform.loseAnswers(1);
        assertThatThrownBy(this::messages).isInstanceOf(WakeboxException.class);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::messages).hasMessageContaining("one/analytic may run already");
        }

        assertThat(platform.jobsStarted()).isEqualTo(2);
        assertThat(jobs.find(JOB).orElseThrow().attributes()).containsEntry("lost answers of one/analytic", "2");
    }

    @Test
    void created_whenThePlatformHasForgottenTheData_registersThemAnew() {
        objects.put(KEY, VIDEO, "video/mp4", new Condition.Always());
        platform.loseAnswers(1);
        assertThatThrownBy(this::messages).isInstanceOf(WakeboxException.class);
        String former = jobs.find(JOB).orElseThrow().attributes().get("dataId");

        clock.jump(Duration.ofHours(2));
        messages();

        Job job = jobs.find(JOB).orElseThrow();
        assertThat(job.state()).isEqualTo("started");
        assertThat(job.attributes().get("dataId")).isNotEqualTo(former);
    }

    @Test
    void created_whenGoneAgain_doesNothing() {
        assertThat(messages()).asString().contains("is gone");
        assertThat(jobs.find(JOB)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ingest/folder/, 0, marks a folder",
        "ingest/folder/, 4, marks a folder",
        "ingest/a/b/c//, 0, marks a folder",
        "ingest/empty.mp4, 0, is empty",
        "ingest/folder_$folder$, 0, is empty",
        "ingest/.keep, 0, is empty"
    })
    void created_whenThereIsNothingInIt_registersNothingAndSaysWhy(String key, int size, String why) {
        objects.put(key, new byte[size], "application/x-directory", new Condition.Always());

        var message = Invocation.of(
                        handler, Invocation.fixture("ingress-s3-created.json").replace("ingest/street+corner.mp4", key))
                .get("messages");

        assertThat(message).asString().contains("Nothing to register: \"" + key + "\" " + why);
        assertThat(jobs.find(new JobId("ingress", key + JOB.id().substring(KEY.length()))))
                .isEmpty();
        assertThat(platform.jobsStarted()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "ingest/street+corner.mp4, labels/street+corner.mp4",
        "ingest/street+corner.mp4, ingest/",
        "wakebox-data-000000000000-us-east-1, another-bucket",
        "ObjectCreated:Put, ObjectRemoved:Delete"
    })
    void created_whenItIsAboutSomethingElse_isIgnored(String ours, String other) {
        assertThat(Invocation.of(
                                handler,
                                Invocation.fixture("ingress-s3-created.json").replace(ours, other))
                        .get("messages"))
                .asString()
                .contains("Ignored");
    }

    private @Nullable Object messages() {
        return Invocation.ofFixture(handler, "ingress-s3-created.json").get("messages");
    }

    private IngressHandler handler(String... analytics) {
        return new IngressHandler(
                BUCKET,
                new Ingress(
                        new Platform(
                                new Secret(platform::tokenDocument, clock), new HostGuard(Set.of("127.0.0.1")), clock),
                        objects,
                        (key, validity) -> "http://127.0.0.1:" + s3.getAddress().getPort() + "/signed",
                        jobs,
                        new Retries(clock, pause -> {}, () -> 0),
                        List.of(analytics),
                        Duration.ofHours(1),
                        clock,
                        () -> UUID.randomUUID().toString()));
    }
}
