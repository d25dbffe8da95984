package dev.wakebox.runs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Lists the runs that a caller may see. Thread-safe. */
public final class RunListing {
    /** Runs of everybody that one call to Step Functions lists, to find those of one user, or with one prefix. */
    private static final int SCANNED_PER_CALL = 1000;

    /** Calls for one page, so that a user with few runs among many gets an answer, perhaps an empty one, in time. */
    private static final int MOST_CALLS = 5;

    private final Runs runs;

    public RunListing(Runs runs) {
        this.runs = requireNonNull(runs, "runs is null");
    }

    /**
     * What to list.
     *
     * @param status only runs of this status of Step Functions
     * @param since only runs that started then or later
     * @param until only runs that started then or earlier
     * @param prefix only runs whose names begin so; the part of a name that stands for its owner may be left out
     * @param limit at most so many
     * @param next of the page before; empty for the first page
     */
    public record Query(
            Optional<String> status,
            Optional<Instant> since,
            Optional<Instant> until,
            Optional<String> prefix,
            int limit,
            Optional<String> next) {
        private static final Pattern OWNER = Pattern.compile("^u[0-9a-f]{16}-");

        /** The newest runs of every status. */
        public static Query newest(int limit) {
            return new Query(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), limit, Optional.empty());
        }

        /** Whether Step Functions itself lists just what is wanted, to a caller who sees every run. */
        private boolean ofStepFunctions() {
            return until.isEmpty() && prefix.isEmpty();
        }

        /** Whether the run, and with it all that are older, started before the time that is wanted. */
        private boolean startedBefore(RunSummary run) {
            return since.filter(run.startedAt()::isBefore).isPresent();
        }

        private boolean wants(RunSummary run) {
            return until.filter(run.startedAt()::isAfter).isEmpty()
                    && prefix.map(text -> run.name().startsWith(text)
                                    || OWNER.matcher(run.name())
                                            .replaceFirst("")
                                            .startsWith(text))
                            .orElse(true);
        }
    }

    /**
     * Where a page begins.
     *
     * @param token of Step Functions; empty for the newest runs
     * @param after the last run of the page before, if that page ended within those of the token; otherwise empty
     */
    private record Position(Optional<String> token, String after) {
        static final Position NEWEST = new Position(Optional.empty(), "");

        static Position of(String text) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(text), UTF_8).split("\n", -1);
                if (parts.length == 2) {
                    return new Position(Optional.of(parts[0]).filter(token -> !token.isEmpty()), parts[1]);
                }
            } catch (IllegalArgumentException e) {
                // both cases have the same message
            }
            throw WakeboxException.invalidField("next", "next must be the value of \"next\" in the page before.");
        }

        Optional<String> text() {
            String text = token.orElse("") + "\n" + after;
            return Optional.of(Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8)));
        }
    }

    /**
     * A page of runs, newest first. It may have fewer runs than the limit although there is a next page.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when {@code next} is not one of ours
     */
    public RunPage page(RunsCaller caller, Query query) {
        Position position = query.next().map(Position::of).orElse(Position.NEWEST);
        int most = caller.operator() && query.ofStepFunctions() ? query.limit() : SCANNED_PER_CALL;
        var found = new ArrayList<RunSummary>();
        for (int call = 0; call < MOST_CALLS; call++) {
            RunPage read = runs.list(query.status(), most, position.token());
            for (RunSummary run : after(position, read.runs())) {
                if (query.startedBefore(run)) {
                    return new RunPage(found, Optional.empty());
                }
                if (caller.sees(run.name()) && query.wants(run)) {
                    found.add(run);
                }
                if (found.size() == query.limit()) {
                    boolean last = run.equals(read.runs().getLast());
                    return new RunPage(
                            found,
                            last
                                    ? read.next().flatMap(token -> new Position(Optional.of(token), "").text())
                                    : new Position(position.token(), run.name()).text());
                }
            }
            if (read.next().isEmpty()) {
                return new RunPage(found, Optional.empty());
            }
            position = new Position(read.next(), "");
        }
        return new RunPage(found, position.text());
    }

    /** The runs after the position. New runs may have moved its run, but only towards the end. */
    private static List<RunSummary> after(Position position, List<RunSummary> read) {
        for (int i = 0; i < read.size(); i++) {
            if (read.get(i).name().equals(position.after())) {
                return read.subList(i + 1, read.size());
            }
        }
        return position.after().isEmpty() ? read : List.of();
    }
}
