package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The client of the platform's API; each method makes one attempt. Thread-safe.
 *
 * <p>Every method throws {@link PlatformFailure} when a retry may succeed (401, 429, 5xx, a broken or slow connection)
 * and {@link WakeboxException} when it won't: {@code NOT_FOUND} for data that the platform does not know or no longer
 * keeps, {@code BAD_GATEWAY} when it refuses or redirects to a forbidden address, {@code INTERNAL} when our token
 * document is invalid.
 */
public final class Platform {
    /** The platform refuses times without milliseconds. */
    private static final DateTimeFormatter MILLISECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final PlatformConnection connection;
    private final Clock clock;

    public Platform(Secret token, HostGuard guard, Clock clock) {
        this.connection = new PlatformConnection(token, guard, clock);
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** The platform's description of a job: {@code output_filename}, {@code state} and more. */
    public JsonObject job(String id, Instant deadline) {
        return document(id, connection.exchange("GET", "/v1/jobs/" + id, null, deadline), "job", deadline);
    }

    /**
     * Begins the download of a job's output.
     *
     * @throws OutOfBudgetException when it is known to be too large
     */
    public Download output(String id, Budget budget) {
        try {
            HttpURLConnection answer =
                    connection.exchange("GET", "/v1/jobs/" + id + "/output", null, budget.deadline());
            int status = answer.getResponseCode();
            if (status != 200) {
                answer.disconnect();
                throw new PlatformFailure(
                        ErrorCode.BAD_GATEWAY,
                        "The platform answered " + status + " instead of the whole output.",
                        connection.retryAfter(answer),
                        null);
            }
            return new Download(answer, budget, clock);
        } catch (IOException e) {
            throw PlatformConnection.broken(e);
        }
    }

    /**
     * Registers data that the platform can fetch.
     *
     * @param dataTtl when the platform deletes the data
     * @return the platform's id of the data
     */
    public String register(
            String signedUrl, String filename, String mimetype, long size, Instant dataTtl, Instant deadline) {
        var body = Body.json(Map.of(
                "signed_url", signedUrl,
                "filename", filename,
                "mimetype", mimetype,
                "size", size,
                "data_ttl", MILLISECONDS.format(dataTtl)));
        return id(
                document(filename, connection.exchange("POST", "/v1/data/url", body, deadline), "data", deadline),
                "data",
                filename);
    }

    /**
     * Starts an analytic on registered data, with the form that the platform's own clients send: the job's description
     * as a file.
     *
     * @return the platform's id of the job
     * @throws AnswerLostException when the job may run although its id is unknown
     */
    public String start(String analytic, String dataId, String name, Instant deadline) {
        String job = Json.string(Map.of(
                "analytic", analytic, "inputs", Map.of("video", Map.of("data-id", dataId)), "parameters", Map.of()));
        var body = Body.job(job, Map.of("job_name", name, "auto_start", "true"));
        try {
            return id(
                    document(name, connection.exchange("POST", "/v1/jobs", body, deadline), "job", deadline),
                    "job",
                    name);
        } catch (PlatformFailure e) {
            throw e.mayBeDone() ? new AnswerLostException(e) : e;
        }
    }

    private JsonObject document(String what, HttpURLConnection answer, String name, Instant deadline) {
        boolean kept = false;
        try {
            JsonObject whole = connection.object(answer.getInputStream(), deadline);
            if (answer.getRequestMethod().equals("GET")) {
                answer.getInputStream().close(); // what follows the document, such as the end of the chunks, is read
                kept = true;
            }
            if (whole.hasObject(name)) {
                return whole.object(name);
            }
        } catch (IOException e) {
            throw PlatformConnection.broken(e);
        } catch (WakeboxException e) {
            throw new PlatformFailure(
                    ErrorCode.BAD_GATEWAY,
                    "The platform's answer about \"" + what + "\" is not a JSON document.",
                    null,
                    e);
        } finally {
            if (!kept) {
                answer.disconnect();
            }
        }
        throw new PlatformFailure(
                ErrorCode.BAD_GATEWAY,
                "The platform's answer about \"" + what + "\" has no \"" + name + "\".",
                null,
                null);
    }

    private static String id(JsonObject document, String kind, String what) {
        for (String field : List.of("id", kind + "_id")) {
            if (!document.text(field).isEmpty()) {
                return document.text(field);
            }
        }
        throw new WakeboxException(
                ErrorCode.BAD_GATEWAY, "The platform gave no id to the " + kind + " \"" + what + "\".");
    }
}
