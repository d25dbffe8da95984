package dev.wakebox.cli;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The third demo: trains a mentor's classifier through the queue, and asks a question that it has learned, three that
 * it hasn't, and one that is off topic.
 */
final class ClassifierDemo {
    /** The mentor of the GraphQL stand-in. */
    private static final String MENTOR = "64f0c2a9d1e8b7350a4c19e2";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /**
     * A question of a user.
     *
     * @param expected a part of the right answer; empty if there is none
     */
    private record Question(String text, String expected) {}

    private static final List<Question> QUESTIONS = List.of(
            new Question("where did you grow up?", "Karlskrona"),
            new Question("did you ever get into a really nasty storm out there?", "fourteen metres"),
            new Question("is it okay to be bad at algebra if I want your job?", "willing at maths"),
            new Question("how do you talk to your little girl while you are away?", "bedtime story"),
            new Question("What is the boiling point of nitrogen?", ""));

    private final Application application;
    private final PrintStream out;
    private final Clock clock;
    private final Timeline timeline;

    ClassifierDemo(Application application, PrintStream out, Clock clock) {
        this.application = application;
        this.out = out;
        this.clock = clock;
        this.timeline = new Timeline(out, clock);
    }

    /** Runs the scenario; empty when every expected step was observed, otherwise the first missing one. */
    Optional<String> run() throws IOException, InterruptedException {
        out.println("\nAn editor has a classifier trained on a mentor's answers; users ask in their own words.\n");
        var refused = application.post("/classifier/train", Json.string(Map.of("mentor", MENTOR)));
        timeline.add("POST /classifier/train  " + refused.status() + "  without a token");
        var asked = application.authorizedPost("/classifier/train", Json.string(Map.of("mentor", MENTOR)));
        JsonObject job = asked.body().object("data");
        timeline.add("POST /classifier/train  " + asked.status() + "  " + job.get("status") + "  " + job.get("id"));
        if (refused.status() != 401 || asked.status() != 200) {
            return Optional.of("a training is refused without a token and taken with one");
        }
        JsonObject trained = watch("/classifier" + job.get("statusUrl"));
        if (!"SUCCESS".equals(trained.get("status"))) {
            return Optional.of("the training succeeds (" + trained.get("message") + ")");
        }
        if (trained.hasObject("report")) {
            JsonObject report = trained.object("report");
            timeline.detail(
                    report.get("answers") + " answers, " + report.get("examples") + " questions; held-out accuracy "
                            + report.get("accuracy") + ", calibration error " + report.get("calibrationError")
                            + ", off-topic threshold " + report.get("offTopicThreshold"));
        }
        boolean right = true;
        for (Question question : QUESTIONS) {
            right &= ask(question);
        }
        return right ? Optional.empty() : Optional.of("each question has the answer that it should have");
    }

    /** Prints each change of the training until it has ended. */
    private JsonObject watch(String statusUrl) throws IOException, InterruptedException {
        Instant deadline = clock.instant().plus(PATIENCE);
        String shown = "";
        while (true) {
            JsonObject job = application.authorizedGet(statusUrl).body().object("data");
            String now = job.get("status") + "  " + job.get("progress") + " %  " + job.get("message");
            if (!now.equals(shown)) {
                timeline.add("GET  " + statusUrl.substring(0, "/classifier/train/status".length()) + "  " + now);
                shown = now;
            }
            boolean open = List.of("QUEUED", "IN_PROGRESS").contains(String.valueOf(job.get("status")));
            if (!open || clock.instant().isAfter(deadline)) {
                return job;
            }
            Thread.sleep(Duration.ofMillis(150));
        }
    }

    private boolean ask(Question question) throws IOException, InterruptedException {
        var answer = application.get("/classifier/questions?mentor=" + MENTOR + "&query="
                + URLEncoder.encode(question.text(), StandardCharsets.UTF_8));
        timeline.add("GET  /classifier/questions  " + answer.status() + "  " + question.text());
        double confidence = answer.body().get("confidence") instanceof Number number ? number.doubleValue() : 0.0;
        timeline.detail(String.format(
                Locale.ROOT, "%s %.2f  %s", answer.text("answer_type"), confidence, answer.text("answer_text")));
        return answer.status() == 200
                && (question.expected().isEmpty()
                        ? answer.text("answer_type").equals("OFF_TOPIC")
                        : answer.text("answer_text").contains(question.expected()));
    }
}
