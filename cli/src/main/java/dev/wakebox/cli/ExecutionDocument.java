package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.wakebox.compute.execution.Mistake;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.runs.RunNames;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.TraceContext;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An execution document of the user.
 *
 * @param source where it is from, for messages
 * @param stem the beginning of the run's name
 */
record ExecutionDocument(String source, String stem, RunDocument document) {
    private static final int LONGEST_STEM = 56;

    /** The check that needs no stack. */
    static final LaunchCheck OFFLINE = new LaunchCheck(Set.of("*"));

    /** The longest name and ARN that a run can have: a document that has room for them has room for every run's. */
    private static final String LONGEST_NAME = "n".repeat(80);

    private static final String LONGEST_ARN =
            "arn:aws-us-gov:states:ap-southeast-1:111122223333:execution:" + "s".repeat(36) + ":" + LONGEST_NAME;

    /**
     * The documents that the arguments name.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} that names each file or line that is no JSON object, and the place in it
     */
    static List<ExecutionDocument> read(List<String> arguments, Context context) throws IOException {
        var documents = new ArrayList<ExecutionDocument>();
        var mistakes = new ArrayList<String>();
        for (DocumentSource source : DocumentSource.of(arguments, context)) {
            try {
                documents.add(of(source));
            } catch (WakeboxException e) {
                mistakes.add(source.name() + ": " + e.getMessage());
            }
        }
        refuse(mistakes);
        return documents;
    }

    /**
     * A document as its source has it.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} with the place of the mistake, if it is no JSON object
     */
    static ExecutionDocument of(DocumentSource source) {
        String safe = source.stem().replaceAll("[^A-Za-z0-9_-]", "-");
        return new ExecutionDocument(
                source.name(),
                safe.isEmpty() ? "run" : safe.substring(0, Math.min(safe.length(), LONGEST_STEM)),
                RunDocument.of(source.json()));
    }

    /** This document with each {@code PATH=VALUE} applied: the path has dots, and the value is JSON or else a text. */
    ExecutionDocument with(List<String> settings) {
        ExecutionDocument changed = this;
        for (String setting : settings) {
            changed = changed.with(setting);
        }
        return changed;
    }

    /**
     * This document in the trace that the environment names, unless it names one itself.
     *
     * @param environment with {@code TRACEPARENT} and {@code TRACESTATE}, as OpenTelemetry passes a trace on to programs; a value
     *     that is not valid is ignored
     */
    ExecutionDocument calledFrom(Map<String, String> environment) {
        return TraceContext.of(environment.get("TRACEPARENT"), environment.get("TRACESTATE"))
                .map(caller -> new ExecutionDocument(source, stem, document.calledFrom(caller)))
                .orElse(this);
    }

    /** This document in no trace. */
    ExecutionDocument untraced() {
        return new ExecutionDocument(source, stem, document.untraced());
    }

    private ExecutionDocument with(String setting) {
        int equals = setting.indexOf('=');
        String path = equals < 0 ? "" : setting.substring(0, equals);
        if (!path.matches("[^.\\s]+(\\.[^.\\s]+)*")) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "--set needs PATH=VALUE, such as run_options.timeout_s=600, not \"" + setting + "\".");
        }
        return new ExecutionDocument(
                source, stem, document.with(value(setting.substring(equals + 1)), path.split("\\.")));
    }

    /** Every rule of the launch that the document breaks; empty for a valid one. */
    List<Mistake> mistakes(LaunchCheck check, Instant now) {
        return check.mistakes(document.json(), LONGEST_ARN, LONGEST_NAME, now);
    }

    /**
     * Checks documents as the launch does.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} with every mistake of every document, a line for each document
     */
    static void check(List<ExecutionDocument> documents, LaunchCheck check, Instant now) {
        var wrong = new ArrayList<String>();
        for (ExecutionDocument document : documents) {
            List<Mistake> mistakes = document.mistakes(check, now);
            if (!mistakes.isEmpty()) {
                wrong.add(document.source + ": "
                        + mistakes.stream().map(Mistake::toString).collect(joining("; ")) + ".");
            }
        }
        refuse(wrong);
    }

    /** A name for a run of this document: the stem and the time, to the millisecond. */
    String newName(Instant now) {
        return RunNames.stamped(stem, now);
    }

    /** The document as it is submitted. */
    String json() {
        return Json.string(document.json());
    }

    private static void refuse(List<String> mistakes) {
        if (!mistakes.isEmpty()) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, String.join(System.lineSeparator(), mistakes));
        }
    }

    /** A value that a user has typed: JSON, or else a text. */
    static @Nullable Object value(String text) {
        try {
            return Json.object(("{\"value\":" + text + "}").getBytes(UTF_8)).get("value");
        } catch (WakeboxException e) {
            return text;
        }
    }
}
