package dev.wakebox.functions.notify;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.wakebox.platform.HostGuard;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.RetryAfter;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import dev.wakebox.webhooks.WebhookKey;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Sends webhooks to the stack's receiver, or to the one that a run names. Thread-safe.
 *
 * <p>The operator has chosen the stack's receiver, so its host and port are trusted. Any other one must have HTTPS and
 * a public address. Redirects are not followed.
 */
final class Receiver {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    /** The refusals after which the same request may succeed later. */
    private static final Set<Integer> TRY_LATER = Set.of(408, 409, 425, 429);

    private final URI configured;
    private final HostGuard guard;
    private final Secret keys;
    private final Clock clock;

    /**
     * @param configured the stack's receiver
     * @param keys one per line; each signs, so that the receiver can be changed before the old one is removed
     */
    Receiver(URI configured, Secret keys, Clock clock) {
        this.configured = requireNonNull(configured, "configured is null");
        this.guard = new HostGuard(Set.of(configured.getHost() + ":" + port(configured)));
        this.keys = requireNonNull(keys, "keys is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Sends a webhook once.
     *
     * @throws WakeboxException when the keys can't be read, or there is none
     */
    Reception send(Webhook webhook) {
        URI url = webhook.url().orElse(configured);
        try {
            guard.check(url, configured);
        } catch (WakeboxException e) {
            return new Reception.Refused(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Reception.Later("\"" + url.getHost() + "\" has no address.", Optional.empty());
        }
        try {
            return answer(url, post(url, webhook));
        } catch (IOException e) {
            return new Reception.Later("\"" + url.getHost() + "\" did not answer: " + e, Optional.empty());
        }
    }

    private static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return url.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private HttpURLConnection post(URI url, Webhook webhook) throws IOException {
        String now = Long.toString(clock.instant().getEpochSecond());
        String signatures = signatures(webhook, now);
        var connection = (HttpURLConnection) url.toURL().openConnection(Proxy.NO_PROXY);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(Math.toIntExact(CONNECT.toMillis()));
        connection.setReadTimeout(Math.toIntExact(ANSWER.toMillis()));
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Connection", "close");
        connection.setRequestProperty("User-Agent", "wakebox");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setRequestProperty(WebhookKey.ID, webhook.id());
        connection.setRequestProperty(WebhookKey.TIMESTAMP, now);
        connection.setRequestProperty(WebhookKey.SIGNATURE, signatures);
        webhook.trace().ifPresent(trace -> trace.toJson()
                .forEach((name, value) -> connection.setRequestProperty(name, String.valueOf(value))));
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(webhook.body().length);
        try (var out = connection.getOutputStream()) {
            out.write(webhook.body());
        }
        return connection;
    }

    private String signatures(Webhook webhook, String now) {
        List<WebhookKey> all = WebhookKey.lines(keys.value());
        if (all.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INTERNAL,
                    "The secret of NotifySecretArn has no key; put \"whsec_\" and a key in base64 into a line.");
        }
        return all.stream()
                .map(key -> key.sign(webhook.id(), now, webhook.body()))
                .collect(joining(" "));
    }

    private Reception answer(URI url, HttpURLConnection connection) throws IOException {
        try {
            int status = connection.getResponseCode();
            if (status / 100 == 2) {
                return new Reception.Taken(status);
            }
            String reason = "\"" + url.getHost() + "\" answered " + status + ".";
            return status / 100 == 5 || status < 0 || TRY_LATER.contains(status)
                    ? new Reception.Later(
                            reason,
                            Optional.ofNullable(
                                    RetryAfter.parse(connection.getHeaderField("Retry-After"), clock.instant())))
                    : new Reception.Refused(reason);
        } finally {
            connection.disconnect();
        }
    }
}
