package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.JsonObject;
import java.net.URLEncoder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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

    @Option(
            names = "--alternatives",
            paramLabel = "N",
            description = "Also lists the N most probable answers, at most 10.")
    @Nullable
    Integer alternatives;

    AskCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack, StackApi api) throws InterruptedException {
        JsonObject answer = api.get("/classifier/questions?mentor=" + URLEncoder.encode(mentor, UTF_8) + "&query="
                + URLEncoder.encode(question, UTF_8)
                + (alternatives == null ? "" : "&alternatives=" + alternatives));
        if (asJson) {
            print(answer);
            return SUCCEEDED;
        }
        out().println(answer.text("answer_text"));
        out().printf(Locale.ROOT, "(%s, confidence %.2f)%n", answer.text("answer_type"), confidence(answer));
        for (JsonObject alternative : answer.objects("alternatives")) {
            out().printf(Locale.ROOT, "  %.2f  %s%n", confidence(alternative), alternative.text("answer_text"));
        }
        return SUCCEEDED;
    }

    private static double confidence(JsonObject answer) {
        Number confidence = answer.number("confidence");
        return confidence == null ? 0 : confidence.doubleValue();
    }
}
