package dev.wakebox.sentry;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.ErrorTracker;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends errors to the Sentry project whose DSN is stored at {@code SENTRY_DSN_ARN}. Thread-safe. */
public final class Sentry implements ErrorTracker {
    private static final int TIMEOUT_MILLIS = 2_000;

    private @Nullable Dsn dsn;

    /** The DSN is read by the first {@link #send}. */
    public Sentry() {}

    @Override
    public void send(List<Incident> failures) {
        Dsn to = dsn();
        for (Incident failure : failures) {
            post(to, SentryEvent.envelope(failure, Instant.now()));
        }
    }

    private synchronized Dsn dsn() {
        if (dsn == null) {
            dsn = new StoredDsn(Environment.required("SENTRY_DSN_ARN"), System::getenv).read();
        }
        return dsn;
    }

    private static void post(Dsn to, byte[] envelope) {
        try {
            var connection = (HttpURLConnection) to.envelopes().toURL().openConnection();
            try {
                connection.setInstanceFollowRedirects(false);
                connection.setConnectTimeout(TIMEOUT_MILLIS);
                connection.setReadTimeout(TIMEOUT_MILLIS);
                connection.setRequestMethod("POST");
                connection.setRequestProperty("Content-Type", "application/x-sentry-envelope");
                connection.setRequestProperty(
                        "X-Sentry-Auth", "Sentry sentry_version=7, sentry_client=wakebox/1, sentry_key=" + to.key());
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(envelope.length);
                try (var out = connection.getOutputStream()) {
                    out.write(envelope);
                }
                int status = connection.getResponseCode();
                if (status != 200) {
                    throw new WakeboxException(ErrorCode.BAD_GATEWAY, "Sentry answered " + status);
                }
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            throw new WakeboxException(ErrorCode.BAD_GATEWAY, "Sentry could not be reached", e);
        }
    }
}
