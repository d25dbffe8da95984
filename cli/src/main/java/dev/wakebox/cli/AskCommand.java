package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.JsonObject;
import java.net.URLEncoder;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "ask",
        description = {
            "Asks a mentor a question, and prints the answer with its type and confidence.",
            "Everyone may ask; the mentor's classifier must have been trained (train-mentor)."
        })
final class AskCommand extends ApiCommand {
    @Parameters(index = "0", paramLabel = "MENTOR", description = "The mentor's id.")
    String mentor = "";

    @Parameters(
            index = "1",
            paramLabel = "QUESTION",
            description = "The question; its first 2,000 characters are read.")
    String question = "";

    AskCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack, StackApi api) throws InterruptedException {
        JsonObject answer = api.get("/classifier/questions?mentor=" + URLEncoder.encode(mentor, UTF_8) + "&query="
                + URLEncoder.encode(question, UTF_8));
        if (asJson) {
            print(answer);
            return SUCCEEDED;
        }
        Number confidence = answer.number("confidence");
        out().println(answer.text("answer_text"));
        out().printf(
                        Locale.ROOT,
                        "(%s, confidence %.2f)%n",
                        answer.text("answer_type"),
                        confidence == null ? 0.0 : confidence.doubleValue());
        return SUCCEEDED;
    }
}
