package dev.wakebox.functions.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;

/** Reads from the reaper's log what it did, and why. Exceptions of the AWS SDK pass through. Thread-safe. */
final class ReaperLog {
    private static final Duration PERIOD = Duration.ofDays(3);
    private static final int MOST_CALLS = 10;
    private static final int MOST_ACTIONS = 100;

    /** The lines of the handler, without the sweeps that had nothing to do. */
    private static final String FILTER = "{ $.loggerName = \"*ReaperHandler\" && $.formattedMessage != \"nothing*\" }";

    /** As ReaperHandler writes them: of a resource of a run, or of the training server. */
    private static final Pattern LINE =
            Pattern.compile("(orphan|ended) (\\S+): (.*)|(stop-instance|end-run|delete-order): (.*)", Pattern.DOTALL);

    /**
     * Something that the reaper did.
     *
     * @param action {@code orphan} for a resource that it only marked, {@code ended}, {@code stop-instance}, {@code end-run} or {@code
     *     delete-order}
     * @param resource the instance or volume; empty for the training server
     */
    record Action(Instant at, String action, Optional<String> resource, String reason) {}

    /**
     * What the reaper did, the newest first.
     *
     * @param complete whether all since then is there
     */
    record Report(Instant since, boolean complete, List<Action> actions) {}

    private final CloudWatchLogsClient logs;
    private final String group;
    private final Clock clock;

    ReaperLog(CloudWatchLogsClient logs, String group, Clock clock) {
        this.logs = requireNonNull(logs, "logs is null");
        this.group = requireNonNull(group, "group is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** CloudWatch Logs answers with the oldest lines first, a part of the log with each call. */
    Report read() {
        // To the hour, so that the same actions give the same answer for a while.
        Instant since = clock.instant().minus(PERIOD).truncatedTo(ChronoUnit.HOURS);
        var actions = new ArrayList<Action>();
        Optional<String> next = Optional.empty();
        int calls = 0;
        do {
            FilterLogEventsResponse page = page(since, next);
            page.events().forEach(event -> action(event).ifPresent(actions::add));
            next = Optional.ofNullable(page.nextToken());
            calls++;
        } while (next.isPresent() && calls < MOST_CALLS);
        List<Action> newest = actions.reversed();
        return new Report(
                since,
                next.isEmpty() && newest.size() <= MOST_ACTIONS,
                List.copyOf(newest.subList(0, Math.min(MOST_ACTIONS, newest.size()))));
    }

    private FilterLogEventsResponse page(Instant since, Optional<String> token) {
        return logs.filterLogEvents(request -> {
            request.logGroupName(group).startTime(since.toEpochMilli()).filterPattern(FILTER);
            token.ifPresent(request::nextToken);
        });
    }

    private static Optional<Action> action(FilteredLogEvent event) {
        String message = event.message().strip();
        if (!message.startsWith("{")) {
            return Optional.empty();
        }
        JsonObject line;
        try {
            line = Json.object(message.getBytes(UTF_8));
        } catch (WakeboxException e) {
            // Another program's line.
            return Optional.empty();
        }
        Matcher said = LINE.matcher(line.asText("formattedMessage"));
        if (!said.matches()) {
            return Optional.empty();
        }
        Instant at = Instant.ofEpochMilli(event.timestamp());
        return Optional.of(
                said.group(1) == null
                        ? new Action(at, said.group(4), Optional.empty(), said.group(5))
                        : new Action(at, said.group(1), Optional.of(said.group(2)), said.group(3)));
    }
}
