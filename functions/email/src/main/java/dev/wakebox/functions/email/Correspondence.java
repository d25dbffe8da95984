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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Writes to owners, once for each occasion. Thread-safe; the same event may come any number of times and at the same
 * time.
 *
 * <p>Who sends holds the lease of the mail's record, and the record says when it was sent. The next delivery sends a
 * second mail only when SES has taken the first one and the record doesn't say so: the connection broke before SES's
 * answer was here, the function died after it, or the write of {@code SENT} failed. The other way round a mail could be
 * lost.
 */
final class Correspondence {
    private static final String PENDING = "PENDING";
    private static final String SENT = "SENT";

    /** Longer than the function lives. */
    private static final Duration SENDING_LIMIT = Duration.ofMinutes(1);

    /** URLs end with the credentials that signed them, and those of a function live some hours. */
    private static final Duration LINK_VALIDITY = Duration.ofHours(6);

    private final Uploads uploads;
    private final JobStore jobs;
    private final ObjectStore objects;
    private final DownloadUrls urls;
    private final Texts texts;
    private final Mailer mailer;
    private final Clock clock;
    private final Supplier<String> names;

    /** @param names gives each sending a name of its own */
    Correspondence(
            Uploads uploads,
            JobStore jobs,
            ObjectStore objects,
            DownloadUrls urls,
            Texts texts,
            Mailer mailer,
            Clock clock,
            Supplier<String> names) {
        this.uploads = requireNonNull(uploads, "uploads is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.urls = requireNonNull(urls, "urls is null");
        this.texts = requireNonNull(texts, "texts is null");
        this.mailer = requireNonNull(mailer, "mailer is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.names = requireNonNull(names, "names is null");
    }

    /**
     * Writes that the results are there.
     *
     * @return what was done, or why nothing was
     */
    String resultReady(String id) {
        Optional<Upload> upload = uploads.find(id);
        if (upload.isEmpty()) {
            return "Nobody announced the upload " + id + ".";
        }
        uploads.done(upload.get());
        return write(Occasion.RESULT, upload.get());
    }

    /**
     * Writes that the upload failed, if it still counts as failed.
     *
     * @return what was done, or why nothing was
     */
    String failed(String id) {
        Optional<Upload> upload = uploads.find(id);
        return upload.isPresent() && upload.get().stage() == Stage.FAILED
                ? write(Occasion.FAILURE, upload.get())
                : "The upload " + id + " has not failed.";
    }

    private String write(Occasion occasion, Upload upload) {
        var id = new JobId("mail", upload.id() + "." + occasion.key());
        Instant now = clock.instant();
        jobs.create(Job.created(id, new Change(PENDING, now, "The mail is to be sent."), Map.of(), upload.expiresAt()));
        String sender = names.get();
        Job mail = jobs.lease(id, new Lease(sender, now.plus(SENDING_LIMIT)), now)
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.UNAVAILABLE, "The mail about " + upload.id() + " is just being sent."));
        if (mail.state().equals(SENT)) {
            jobs.release(id, sender);
            return "The owner of " + upload.id() + " has been told already.";
        }
        try {
            var links = occasion == Occasion.RESULT ? links(upload.id()) : Map.<String, String>of();
            mailer.send(texts.write(occasion, upload, links, now.plus(LINK_VALIDITY)));
        } catch (WakeboxException e) {
            move(id, sender, PENDING, "The mail was not sent: " + e.code(), upload);
            throw e;
        }
        move(id, sender, SENT, "The mail was sent.", upload);
        return "The owner of " + upload.id() + " was told: " + occasion.key() + ".";
    }

    private void move(JobId id, String sender, String state, String reason, Upload upload) {
        jobs.move(
                id,
                new Move(
                        Set.of(PENDING),
                        new Change(state, clock.instant(), reason),
                        Map.of(),
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
