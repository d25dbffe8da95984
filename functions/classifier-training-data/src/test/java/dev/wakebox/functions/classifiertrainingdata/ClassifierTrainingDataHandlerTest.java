package dev.wakebox.functions.classifiertrainingdata;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.classifierapi.MentorAccess;
import dev.wakebox.graphql.GraphQl;
import dev.wakebox.mentors.GraphQlMentors;
import dev.wakebox.mentors.InMemoryMentors;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.SampleMentors;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClassifierTrainingDataHandlerTest {
    /** As in the fixture. */
    private static final String MENTOR = "64f0c2a9d1e8b7350a4c19e2";

    private final InMemoryMentors mentors = new InMemoryMentors();
    private final ClassifierTrainingDataHandler handler =
            new ClassifierTrainingDataHandler(MentorAccess.ofClaims(), mentors);

    @Test
    void trainingData_whenTheMentorIsKnown_isACsvToSave() {
        mentors.put(new Mentor(
                MENTOR,
                "Ada",
                SampleMentors.ada().answers(),
                SampleMentors.ada().graded()));

        var answer = answer();

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat(answer.get("headers"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("content-type", "text/csv; charset=utf-8")
                .containsEntry("content-disposition", "attachment; filename=\"" + MENTOR + "-trainingdata.csv\"")
                .containsKey("x-content-type-options");
        assertThat(String.valueOf(answer.get("body")).lines())
                .containsExactly(
                        "id,question,paraphrases,answer,topic",
                        "q-home,Where do you live?,Which town is your home?|Where is your house?|What city are you from?,"
                                + "The answer about home.,Life|Background",
                        "q-pet,Do you have a pet?,Do you own a dog or a cat?|Any animals at home?|What is the name of your dog?,"
                                + "The answer about pet.,Life|Background",
                        "q-job,What do you do for a living?,What is your profession?|Who is your employer?|Tell me about your job,"
                                + "The answer about job.,Life|Background");
    }

    @Test
    void trainingData_whenTheMentorIsUnknown_is404() {
        assertThat(answer()).containsEntry("statusCode", 404);
    }

    @Test
    void trainingData_whenTheSourceFails_saysSo() {
        mentors.failWith(new WakeboxException(ErrorCode.GATEWAY_TIMEOUT, "Too slow."));

        assertThat(answer()).containsEntry("statusCode", 504);
    }

    @Test
    void trainingData_whenTheServerStallsAmidItsAnswer_isAGatewayTimeoutInTime() throws IOException {
        var stopped = new CountDownLatch(1);
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                stopped.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.setExecutor(command -> Thread.ofVirtual().start(command));
        server.start();
        try {
            var slow = new GraphQlMentors(new GraphQl(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                    new GraphQl.Limits(Duration.ofMillis(200), Duration.ofMillis(300)),
                    new Retries(Clock.systemUTC(), pause -> {}, () -> 0),
                    Clock.systemUTC(),
                    Optional.empty()));

            var answer = Invocation.ofFixture(
                    new ClassifierTrainingDataHandler(MentorAccess.ofClaims(), slow),
                    "classifier-training-data-get.json");

            assertThat(answer).containsEntry("statusCode", 504);
            assertThat(String.valueOf(answer.get("body")))
                    .contains("\"error\":\"unavailable\"")
                    .contains("The GraphQL server did not answer within 0.");
            assertThat(answer.get("headers"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("content-type", "application/json")
                    .containsKey("x-content-type-options");
        } finally {
            stopped.countDown();
            server.stop(0);
        }
    }

    private Map<String, @Nullable Object> answer() {
        return Invocation.ofFixture(handler, "classifier-training-data-get.json");
    }
}
