package dev.wakebox.functions.runsapi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Mistake;
import dev.wakebox.compute.execution.RunArray;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.runs.RunNames;
import dev.wakebox.runs.Runs;
import dev.wakebox.runs.RunsCaller;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Sha256;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Starts runs. An {@code Idempotency-Key} becomes the end of the run's name, so Step Functions itself starts one run for each
 * key and caller. Thread-safe.
 */
final class RunSubmission {
    private static final String RUN = "run";
    private static final String OPTIONS = "run_options";
    /** A key that can be a part of a name as it is. A longer key, or one with other characters, is hashed. */
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_.-]{1,60}");

    /** The header is a string of RFC 8941, in quotes; many clients leave them out. */
    private static final Pattern KEY = Pattern.compile("\"([ -~&&[^\"]]{1,255})\"|([!-~&&[^\"]]{1,255})");

    private static final int KEY_HASH_BYTES = 16;

    private final Runs runs;
    private final LaunchCheck check;
    private final RandomGenerator random;
    private final Clock clock;

    RunSubmission(Runs runs, LaunchCheck check, RandomGenerator random, Clock clock) {
        this.runs = requireNonNull(runs, "runs is null");
        this.check = requireNonNull(check, "check is null");
        this.random = requireNonNull(random, "random is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Starts a run of a document, with the caller as its owner. The same request with the same key returns the same run.
     *
     * @param key the value of {@code Idempotency-Key}; without one, each call starts a run
     * @return the run's name
     * @throws InvalidDocumentException with every mistake of the document; nothing is started
     * @throws WakeboxException {@code UNPROCESSABLE} when the key was used for another document, {@code INVALID_REQUEST}
     *     when the key is malformed
     */
    String start(RunsCaller caller, JsonObject document, Optional<String> key) {
        Instant now = clock.instant();
        String name = caller.prefix() + key.map(RunSubmission::ofKey).orElseGet(() -> newName(now));
        JsonObject owned = owned(document, caller);
        requireValid(owned, name, now);
        try {
            runs.submit(name, Json.string(owned));
        } catch (WakeboxException e) {
            requireSame(e, name, owned);
        }
        return name;
    }

    /**
     * Checks a document as {@link #start} does, and starts nothing.
     *
     * @throws InvalidDocumentException with every mistake of the document
     */
    void check(RunsCaller caller, JsonObject document) {
        Instant now = clock.instant();
        requireValid(owned(document, caller), caller.prefix() + newName(now), now);
    }

    private void requireValid(JsonObject document, String name, Instant now) {
        List<Mistake> mistakes = RunArray.isOne(RunDocument.of(document))
                ? List.of(new Mistake(
                        RunArray.PATH,
                        "is for many runs, and the API starts single runs: start the document with wakebox run, or as an"
                                + " execution of the state machine whose name ends with -ec2-run-array"))
                : check.mistakes(document, runs.arn(name), name, now);
        List<InputError> errors = mistakes.stream()
                .map(mistake -> InputError.of(mistake, document))
                .toList();
        if (!errors.isEmpty()) {
            throw new InvalidDocumentException(errors);
        }
    }

    /** What the client says about the run is dropped, as the state machine does with what an earlier run added. */
    private static JsonObject owned(JsonObject document, RunsCaller caller) {
        return caller.owner()
                .map(owner -> document.without(RUN).with(RUN, JsonObject.of("owner", owner)))
                .orElseGet(() -> document.without(RUN));
    }

    /** Step Functions itself returns the same run while it is running; this is the case of a run that has ended. */
    private void requireSame(WakeboxException refusal, String name, JsonObject document) {
        if (refusal.code() != ErrorCode.CONFLICT) {
            throw refusal;
        }
        if (!untraced(Json.object(runs.submitted(name).getBytes(UTF_8))).equals(untraced(document))) {
            throw new WakeboxException(
                    ErrorCode.UNPROCESSABLE,
                    "The Idempotency-Key was used for another document, in the run \"" + name
                            + "\". Send each document with its own key.",
                    refusal);
        }
    }

    /** A client that repeats a request may have another place in its trace for it. */
    private static JsonObject untraced(JsonObject document) {
        JsonObject untraced = RunDocument.of(document).untraced().json();
        return untraced.object(OPTIONS).isEmpty() ? untraced.without(OPTIONS) : untraced;
    }

    private String newName(Instant now) {
        return RunNames.stamped("run", now) + "-" + HexFormat.of().toHexDigits(random.nextInt());
    }

    private static String ofKey(String header) {
        var key = KEY.matcher(header.strip());
        if (!key.matches()) {
            throw WakeboxException.invalidField(
                    "Idempotency-Key",
                    "Idempotency-Key must be a text of 1 to 255 ASCII characters, with or without quotes.");
        }
        String text = key.group(1) == null ? key.group(2) : key.group(1);
        return PLAIN_KEY.matcher(text).matches() ? text : "key-" + Sha256.hex(text, KEY_HASH_BYTES);
    }
}
