package dev.wakebox.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.ec2.Credentials;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool with idle processes; the test plays their runtimes. */
class FunctionPoolTest {
    private static final InvocationResult DONE = new InvocationResult.Success("1".getBytes(UTF_8));

    @TempDir
    Path directory;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final BlockingQueue<ExecutionEnvironment> launched = new LinkedBlockingQueue<>();
    private final BlockingQueue<Process> processes = new LinkedBlockingQueue<>();
    private Duration idle = Duration.ofMinutes(1);
    private FunctionPool pool;
    private Credentials credentials =
            new Credentials("ASIA", "secret", "token", Instant.now().plus(Duration.ofHours(1)));

    @BeforeEach
    void makePool() {
        pool = new FunctionPool(
                "toy",
                () -> new FunctionConfiguration("arn", "Handler", Duration.ofMinutes(1), 128, Map.of(), credentials),
                environment -> {
                    Process process = new ProcessBuilder("sleep", "60").start();
                    processes.add(process);
                    launched.add(environment);
                    return process;
                },
                invocation -> invocation.requestId().equals("crash"),
                new FunctionLog(directory.resolve("toy.log")),
                idle,
                Clock.systemUTC(),
                timer);
    }

    @AfterEach
    void closePool() {
        pool.close();
        timer.shutdownNow();
    }

    @Test
    void next_whenIdleForLong_endsTheProcess() throws Exception {
        idle = Duration.ofMillis(20);
        makePool();
        Invocation first = invoke();
        ExecutionEnvironment environment = launch();
        assertThat(pool.next(environment)).contains(first);
        assertThat(pool.finished(environment, first.requestId(), DONE)).isTrue();

        assertThat(pool.next(environment)).isEmpty();

        assertThat(processes.take().waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(first.result()).isCompletedWithValue(DONE);
    }

    @Test
    void invoke_whenOneIsFree_reusesTheLatest() throws Exception {
        Invocation first = invoke();
        ExecutionEnvironment environment = launch();
        pool.next(environment);
        pool.finished(environment, first.requestId(), DONE);
        var waiting = Thread.startVirtualThread(() -> {
            try {
                pool.next(environment).ifPresent(next -> pool.finished(environment, next.requestId(), DONE));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        Invocation second = invoke();

        assertThat(second.result().get(10, TimeUnit.SECONDS)).isEqualTo(DONE);
        assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void renew_whenOneIsStarting_handsItsEventToANewOne() throws Exception {
        Invocation first = invoke();
        ExecutionEnvironment old = launch();

        pool.renew();

        assertThat(pool.next(old)).isEmpty();
        ExecutionEnvironment renewed = launch();
        assertThat(pool.next(renewed)).contains(first);
    }

    @Test
    void renew_whenOneIsAtWork_letsItAnswerAndEndsIt() throws Exception {
        Invocation first = invoke();
        ExecutionEnvironment old = launch();
        pool.next(old);

        pool.renew();

        assertThat(pool.finished(old, first.requestId(), DONE)).isTrue();
        assertThat(pool.next(old)).isEmpty();
        assertThat(first.result()).isCompletedWithValue(DONE);
        assertThat(processes.take().waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void finished_whenACrashIsDue_failsTheEventAsIfTheProcessHadDied() throws Exception {
        Invocation crash = new Invocation("crash", new byte[0], Instant.MAX);
        pool.invoke(crash);
        ExecutionEnvironment environment = launch();
        pool.next(environment);

        assertThat(pool.finished(environment, "crash", DONE)).isTrue();

        assertThat(Json.object(failure(crash))).containsEntry("errorType", "Runtime.ExitError");
        assertThat(processes.take().waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void invoke_whenManyCome_startsNoMoreThanAllowed() {
        for (int i = 0; i < 3 * FunctionPool.MOST_ENVIRONMENTS; i++) {
            invoke();
        }

        assertThat(launched).hasSize(FunctionPool.MOST_ENVIRONMENTS);
        assertThat(pool.size()).isEqualTo(FunctionPool.MOST_ENVIRONMENTS);
    }

    @Test
    void next_whenNoCallerWaitsAnyLonger_skipsTheEvent() throws Exception {
        Invocation late = new Invocation("late", new byte[0], Instant.now().minusSeconds(1));
        pool.invoke(late);
        Invocation fresh = invoke();

        assertThat(pool.next(launch())).contains(fresh);

        assertThat(Json.object(failure(late))).containsEntry("errorType", "Sandbox.Timedout");
    }

    @Test
    void exit_whenInInit_failsOneEventAndServesTheNext() throws Exception {
        Invocation first = invoke();
        Invocation second = invoke();
        launch();

        processes.take().destroyForcibly();

        assertThat(Json.object(failure(first))).containsEntry("errorType", "Runtime.ExitError");
        ExecutionEnvironment another = launch();
        assertThat(pool.next(another)).contains(second);
    }

    @Test
    void finished_whenForAnotherEvent_isRefused() throws Exception {
        Invocation invocation = invoke();
        ExecutionEnvironment environment = launch();
        pool.next(environment);

        assertThat(pool.finished(environment, "another", DONE)).isFalse();
        assertThat(invocation.result()).isNotDone();
    }

    @Test
    void close_whenEventsAreUnderWay_failsThemAll() throws Exception {
        Invocation running = invoke();
        pool.next(launch());
        Invocation waiting = invoke();

        pool.close();

        assertThat(Json.object(failure(running))).containsEntry("errorType", "Runtime.Stopped");
        assertThat(Json.object(failure(waiting))).containsEntry("errorType", "Runtime.Stopped");
        assertThat(processes).allSatisfy(process -> assertThat(process.waitFor(10, TimeUnit.SECONDS))
                .isTrue());
        assertThat(Json.object(failure(invoke()))).containsEntry("errorType", "Runtime.Stopped");
    }

    @Test
    void invoke_whenProcessCannotBeStarted_saysSo() throws Exception {
        pool = new FunctionPool(
                "toy",
                () -> new FunctionConfiguration("arn", "Handler", Duration.ofMinutes(1), 128, Map.of(), credentials),
                _ -> {
                    throw new IOException("no such file");
                },
                _ -> false,
                new FunctionLog(directory.resolve("toy.log")),
                idle,
                Clock.systemUTC(),
                timer);

        assertThat(Json.object(failure(invoke())))
                .containsEntry("errorType", "Runtime.InvalidEntrypoint")
                .containsEntry("errorMessage", "The function's process could not be started: no such file");
    }

    @Test
    void next_whenCredentialsCouldEndBeforeTheNextEventDoes_isForAnEnvironmentWithNewOnes() throws Exception {
        // a minute to wait for the event and one to handle it
        credentials = new Credentials("ASIA", "secret", "token", Instant.now().plusSeconds(119));
        Invocation first = invoke();
        ExecutionEnvironment old = launch();
        credentials = new Credentials("ASIB", "secret", "token", Instant.now().plus(Duration.ofHours(1)));

        assertThat(pool.next(old)).isEmpty();

        ExecutionEnvironment renewed = launch();
        assertThat(renewed.configuration.credentials().accessKeyId()).isEqualTo("ASIB");
        assertThat(pool.next(renewed)).contains(first);
    }

    private Invocation invoke() {
        var invocation = new Invocation(UUID.randomUUID().toString(), new byte[0], Instant.MAX);
        pool.invoke(invocation);
        return invocation;
    }

    private ExecutionEnvironment launch() throws InterruptedException {
        ExecutionEnvironment environment = launched.poll(10, TimeUnit.SECONDS);
        assertThat(environment).isNotNull();
        return environment;
    }

    private static byte[] failure(Invocation invocation) throws Exception {
        var result = invocation.result().get(10, TimeUnit.SECONDS);
        return ((InvocationResult.Failure) result).payload();
    }
}
