package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Sha256;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Addresses that get no further mails, because mails to them bounced permanently or led to complaints. Thread-safe.
 *
 * <p>A record has the hash of its address, not the address, and never expires.
 */
final class Suppressions {
    private static final String SUPPRESSED = "SUPPRESSED";

    private final JobStore jobs;
    private final Clock clock;

    Suppressions(JobStore jobs, Clock clock) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Why the address gets no mails; empty when it does. */
    Optional<String> of(String address) {
        return jobs.find(id(address)).map(job -> job.history().getLast().reason());
    }

    /**
     * Records the bounces and complaints of an SES event; other events change nothing.
     *
     * @see <a href="https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html">contents
     *     of event data</a>
     * @return number of recorded addresses
     */
    long note(JsonObject event) {
        return switch (event.text("eventType")) {
            case "Bounce" ->
                event.object("bounce").text("bounceType").equals("Permanent")
                        ? suppress(event.object("bounce").objects("bouncedRecipients"), "A mail bounced permanently.")
                        : 0;
            case "Complaint" ->
                event.object("complaint").text("complaintFeedbackType").equals("not-spam")
                        ? 0
                        : suppress(
                                event.object("complaint").objects("complainedRecipients"),
                                "The recipient complained about a mail.");
            default -> 0;
        };
    }

    private long suppress(List<JsonObject> recipients, String reason) {
        return recipients.stream()
                .map(recipient -> recipient.optionalText("emailAddress"))
                .flatMap(Optional::stream)
                .filter(address -> suppress(address, reason))
                .count();
    }

    private boolean suppress(String address, String reason) {
        return jobs.create(Job.created(id(address), new Change(SUPPRESSED, clock.instant(), reason), Map.of(), null));
    }

    private static JobId id(String address) {
        String plain = address.strip().toLowerCase(Locale.ROOT);
        // SES may report "Ana <ana@example.org>".
        int open = plain.lastIndexOf('<');
        String bare = open >= 0 && plain.endsWith(">") ? plain.substring(open + 1, plain.length() - 1) : plain;
        return new JobId("suppressed", Sha256.hex(bare));
    }
}
