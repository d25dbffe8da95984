package dev.wakebox.functions.runsapi;

import dev.wakebox.runs.RunListing.Query;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.WakeboxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the query parameters of a request. */
final class RunsParameters {
    private static final List<String> STATUSES =
            List.of("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{1,80}");
    private static final int USUAL_LIMIT = 50;
    private static final int MOST_RUNS = 200;

    private RunsParameters() {}

    /**
     * What to list.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} with the parameter that is wrong
     */
    static Query query(HttpRequest request) {
        return new Query(
                parameter(request, "status").map(RunsParameters::status),
                parameter(request, "since").map(text -> instant("since", text)),
                parameter(request, "until").map(text -> instant("until", text)),
                parameter(request, "prefix").map(RunsParameters::prefix),
                parameter(request, "limit").map(RunsParameters::limit).orElse(USUAL_LIMIT),
                parameter(request, "next"));
    }

    /** The parameter, unless it is absent or empty. */
    static Optional<String> parameter(HttpRequest request, String name) {
        return Optional.ofNullable(request.queryParameters().get(name)).filter(value -> !value.isEmpty());
    }

    private static String status(String text) {
        if (!STATUSES.contains(text)) {
            throw WakeboxException.invalidField("status", "status must be one of " + String.join(", ", STATUSES) + ".");
        }
        return text;
    }

    private static String prefix(String text) {
        if (!PREFIX.matcher(text).matches()) {
            throw WakeboxException.invalidField(
                    "prefix",
                    "prefix must have 1 to 80 characters of A-Z, a-z, 0-9, \".\", \"_\" and \"-\", as the names of runs.");
        }
        return text;
    }

    private static Instant instant(String name, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw WakeboxException.invalidField(name, name + " must be an instant such as 2026-01-31T12:00:00Z.");
        }
    }

    private static int limit(String text) {
        if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST_RUNS) {
            throw WakeboxException.invalidField("limit", "limit must be a whole number from 1 to " + MOST_RUNS + ".");
        }
        return Integer.parseInt(text);
    }
}
