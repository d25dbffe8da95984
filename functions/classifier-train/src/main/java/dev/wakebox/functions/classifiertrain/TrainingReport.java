package dev.wakebox.functions.classifiertrain;

import dev.wakebox.classifier.HeldOut;
import dev.wakebox.classifier.Report;
import dev.wakebox.classifier.Training;
import dev.wakebox.functions.classifiertrain.TrainingExamples.Ambiguity;
import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.runtime.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The measures in the record of a training, and warnings about questions. */
final class TrainingReport {
    private static final int MOST_WARNINGS = 20;
    private static final int MOST_ANSWERS = 5;
    private static final int LONGEST_TEXT = 60;

    /** Held-out questions whose confidence is in one range, with the means of both. */
    private record CalibrationBin(double confidence, double accuracy, int questions) {}

    /** Held-out questions of one answer that got another one. */
    private record ConfusedPair(String answer, String text, String given, String givenText, int times) {}

    private TrainingReport() {}

    /** Omits the accuracy if no question could be held out: accuracy on learned questions means nothing. */
    static Map<String, String> of(Training training, List<Ambiguity> ambiguous, Mentor mentor) {
        Report report = training.report();
        var details = new TreeMap<String, String>();
        details.put("answers", Integer.toString(report.answers()));
        details.put("examples", Integer.toString(report.examples()));
        details.put("heldOut", Integer.toString(report.heldOut()));
        details.put("temperature", number(report.temperature()));
        details.put("offTopicThreshold", number(report.threshold()));
        if (report.heldOut() > 0) {
            details.put("accuracy", number(report.accuracy()));
            details.put("calibrationError", number(report.calibrationError()));
            details.put("calibration", Json.string(bins(training.heldOut())));
        }
        if (!training.heldOut().confusions().isEmpty()) {
            details.put("confusions", Json.string(confusions(training.heldOut(), mentor)));
        }
        if (!ambiguous.isEmpty()) {
            details.put("ambiguousQuestions", Integer.toString(ambiguous.size()));
            details.put("warnings", warnings(ambiguous, mentor));
        }
        return details;
    }

    private static List<CalibrationBin> bins(HeldOut heldOut) {
        return heldOut.bins().stream()
                .map(bin -> new CalibrationBin(rounded(bin.confidence()), rounded(bin.accuracy()), bin.examples()))
                .toList();
    }

    private static List<ConfusedPair> confusions(HeldOut heldOut, Mentor mentor) {
        Map<String, String> transcripts = transcripts(mentor);
        return heldOut.confusions().stream()
                .map(pair -> new ConfusedPair(
                        pair.label(),
                        shortened(transcripts.getOrDefault(pair.label(), "")),
                        pair.given(),
                        shortened(transcripts.getOrDefault(pair.given(), "")),
                        pair.times()))
                .toList();
    }

    private static double rounded(double share) {
        return Math.round(share * 10_000) / 10_000.0;
    }

    private static Map<String, String> transcripts(Mentor mentor) {
        return mentor.answersToQuestions().stream()
                .collect(Collectors.toMap(Answer::id, Answer::transcript, (first, _) -> first));
    }

    private static String warnings(List<Ambiguity> ambiguous, Mentor mentor) {
        Map<String, String> transcripts = transcripts(mentor);
        String texts = ambiguous.stream()
                .limit(MOST_WARNINGS)
                .map(ambiguity -> warning(ambiguity, transcripts))
                .collect(Collectors.joining("\n"));
        int more = ambiguous.size() - MOST_WARNINGS;
        return more > 0 ? texts + "\nand " + more + " more." : texts;
    }

    private static String warning(Ambiguity ambiguity, Map<String, String> transcripts) {
        int count = ambiguity.answers().size();
        String answers = ambiguity.answers().entrySet().stream()
                .limit(MOST_ANSWERS)
                .map(answer -> answer.getKey() + " " + quoted(transcripts.getOrDefault(answer.getKey(), "")) + " "
                        + times(answer.getValue()))
                .collect(Collectors.joining(", "));
        return quoted(ambiguity.text()) + " has " + count + " answers: " + answers
                + (count > MOST_ANSWERS ? ", …" : "")
                + ". The first is given; ask the others in other words.";
    }

    private static String times(int times) {
        return times == 1 ? "(once)" : "(" + times + " times)";
    }

    private static String quoted(String text) {
        return "\"" + shortened(text) + "\"";
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        int end = line.offsetByCodePoints(0, Math.min(LONGEST_TEXT, line.codePointCount(0, line.length())));
        return line.substring(0, end) + (end < line.length() ? "…" : "");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
