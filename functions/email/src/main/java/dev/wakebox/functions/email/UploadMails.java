package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Lease;
import dev.wakebox.jobs.Move;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.DownloadUrls;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends mails to owners, one of each kind about an upload. Thread-safe; duplicate events have no effect, also
 * concurrent ones.
 *
 * <p>The sender holds the lease of the mail's record, which says when the mail was sent. A second mail is sent only
 * when SES has accepted the first one and the record doesn't say so: the connection broke before SES's answer, the
 * function crashed after it, or the write of {@code SENT} failed. The opposite order could lose a mail. There is no
 * third mail: after two sendings without an answer an operator decides.
 */
final class UploadMails {
    private static final Logger log = LoggerFactory.getLogger(UploadMails.class);

    private static final String PENDING = "PENDING";
    private static final String SENT = "SENT";
    /** The mail was refused permanently or never answered: an operator decides. */
    private static final String KEPT = "KEPT";

    private static final String UNANSWERED = "unanswered";
    private static final int MOST_UNANSWERED = 2;

    /** Longer than the function's timeout. */
    private static final Duration SENDING_LIMIT = Duration.ofMinutes(1);

    /** URLs expire with the credentials that signed them, and those of a function are valid for some hours. */
    private static final Duration LINK_VALIDITY = Duration.ofHours(6);

    private final Uploads uploads;
    private final JobStore jobs;
    private final ObjectStore objects;
    private final DownloadUrls urls;
    private final Texts texts;
    private final Mailer mailer;
    private final Suppressions suppressions;
    private final KeptMails keptMails;
    private final Clock clock;
    private final Supplier<String> names;

    /** @param names supplies a unique name for each sending */
    UploadMails(
            Uploads uploads,
            JobStore jobs,
            ObjectStore objects,
            DownloadUrls urls,
            Texts texts,
            Mailer mailer,
            KeptMails keptMails,
            Clock clock,
            Supplier<String> names) {
        this.uploads = requireNonNull(uploads, "uploads is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.urls = requireNonNull(urls, "urls is null");
        this.texts = requireNonNull(texts, "texts is null");
        this.mailer = requireNonNull(mailer, "mailer is null");
        this.keptMails = requireNonNull(keptMails, "keptMails is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.suppressions = new Suppressions(jobs, clock);
        this.names = requireNonNull(names, "names is null");
    }

    /**
     * Sends the mail about the results.
     *
     * @return what was done, or why nothing was done
     */
    String resultReady(String id) {
        Optional<Upload> upload = uploads.find(id);
        if (upload.isEmpty()) {
            return "The upload " + id + " was not announced.";
        }
        if (objects.head(Keys.summary(id)).isEmpty()) {
            return "The results of " + id + " are not there.";
        }
        uploads.done(upload.get());
        return write(MailKind.RESULT, upload.get());
    }

    /**
     * Sends the mail about a failure, if the upload still counts as failed.
     *
     * @return what was done, or why nothing was done
     */
    String failed(String id) {
        Optional<Upload> upload = uploads.find(id);
        return upload.isPresent() && upload.get().stage() == Stage.FAILED
                ? write(MailKind.FAILURE, upload.get())
                : "The upload " + id + " has not failed.";
    }

    /**
     * Sends a mail that was kept for an operator, who has corrected the cause.
     *
     * @return what was done, or why nothing was done
     */
    String again(String id, MailKind kind) {
        Optional<Upload> upload = uploads.find(id);
        if (upload.isEmpty()) {
            return "The record of the upload " + id + " has expired.";
        }
        jobs.move(
                mailId(id, kind),
                new Move(
                        Set.of(KEPT),
                        new Change(PENDING, clock.instant(), "An operator requested another sending."),
                        Map.of(UNANSWERED, "0"),
                        null,
                        upload.get().expiresAt()));
        return write(kind, upload.get());
    }

    private String write(MailKind kind, Upload upload) {
        Optional<String> suppressed = suppressions.of(upload.owner().email());
        if (suppressed.isPresent()) {
            return "The owner of " + upload.id() + " gets no mail: " + suppressed.get();
        }
        JobId id = mailId(upload.id(), kind);
        Instant now = clock.instant();
        String sender = names.get();
        var lease = new Lease(sender, now.plus(SENDING_LIMIT));
        var fresh = new Job(
                id, Map.of(), List.of(new Change(PENDING, now, "The mail is to be sent.")), lease, upload.expiresAt());
        Job mail = jobs.create(fresh)
                ? fresh
                : jobs.lease(id, lease, now)
                        .orElseThrow(() -> new WakeboxException(
                                ErrorCode.UNAVAILABLE, "The mail about " + upload.id() + " is being sent."));
        if (!mail.state().equals(PENDING)) {
            jobs.release(id, sender);
            return mail.state().equals(SENT)
                    ? "The owner of " + upload.id() + " was already informed."
                    : "The mail about " + upload.id() + " is kept for an operator.";
        }
        int unanswered = Integer.parseInt(mail.attributes().getOrDefault(UNANSWERED, "0"));
        if (unanswered >= MOST_UNANSWERED) {
            return keep(id, sender, kind, upload, "SES did not answer " + unanswered + " times");
        }
        // Recorded before it is sent, so that a mail whose sender crashes also counts.
        move(id, null, PENDING, "The mail is being sent.", unanswered + 1, upload);
        return switch (mailer.send(mail(kind, upload, now))) {
            case Mailer.Delivery.Sent() -> {
                move(id, sender, SENT, "The mail was sent.", unanswered, upload);
                yield "The owner of " + upload.id() + " was informed: " + kind.key() + ".";
            }
            case Mailer.Delivery.Later(String why) -> {
                move(id, sender, PENDING, "The mail was not sent: " + why, unanswered, upload);
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot send the mail now: " + why + ".");
            }
            case Mailer.Delivery.Unanswered() -> {
                move(id, sender, PENDING, "SES did not answer.", unanswered + 1, upload);
                throw new WakeboxException(
                        ErrorCode.UNAVAILABLE, "Whether the mail about " + upload.id() + " was sent is unknown.");
            }
            case Mailer.Delivery.Refused(String why) -> keep(id, sender, kind, upload, "SES refused it: " + why);
        };
    }

    /** Sends to the operator's queue first: a mail that is marked but in no queue would be lost. */
    private String keep(JobId id, String sender, MailKind kind, Upload upload, String why) {
        keptMails.keep(upload.id(), kind);
        move(id, sender, KEPT, why, 0, upload);
        log.error("The mail about {} is kept for an operator: {}", upload.id(), why);
        return "The mail about " + upload.id() + " is kept for an operator.";
    }

    private Mail mail(MailKind kind, Upload upload, Instant now) {
        var links = kind == MailKind.RESULT ? links(upload.id()) : Map.<String, String>of();
        return texts.write(kind, upload, links, now.plus(LINK_VALIDITY));
    }

    private static JobId mailId(String uploadId, MailKind kind) {
        return new JobId("mail", uploadId + "." + kind.key());
    }

    private void move(JobId id, @Nullable String sender, String state, String reason, int unanswered, Upload upload) {
        jobs.move(
                id,
                new Move(
                        Set.of(PENDING),
                        new Change(state, clock.instant(), reason),
                        Map.of(UNANSWERED, Integer.toString(unanswered)),
                        sender,
                        upload.expiresAt()));
    }

    private Map<String, String> links(String id) {
        var links = new LinkedHashMap<String, String>();
        link(links, "workbook", Keys.workbook(id));
        link(links, "summary", Keys.summary(id));
        link(links, "csv", Keys.csv(id));
        link(links, "video", Keys.processedVideo(id));
        return links;
    }

    private void link(Map<String, String> links, String name, String key) {
        if (objects.head(key).isPresent()) {
            links.put(name, urls.get(key, LINK_VALIDITY));
        }
    }
}
