package dev.wakebox.sentry;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * The URL that accepts the events of a Sentry project, and its key.
 *
 * @see <a href="https://develop.sentry.dev/sdk/overview/#parsing-the-dsn">The form of a DSN</a>
 */
record Dsn(URI envelopes, String key) {
    /** @throws WakeboxException {@code INTERNAL}; the message never has the text, which is secret */
    static Dsn parse(String text) {
        try {
            var uri = new URI(text.strip());
            String path = uri.getPath();
            String user = uri.getUserInfo();
            int project = path == null ? -1 : path.lastIndexOf('/');
            if (user != null && uri.getHost() != null && project >= 0 && project < path.length() - 1) {
                return new Dsn(
                        new URI(
                                uri.getScheme(),
                                null,
                                uri.getHost(),
                                uri.getPort(),
                                path.substring(0, project) + "/api/" + path.substring(project + 1) + "/envelope/",
                                null,
                                null),
                        user.split(":", 2)[0]);
            }
        } catch (URISyntaxException e) {
            // the message below replaces the exception, whose message has the secret
        }
        throw new WakeboxException(
                ErrorCode.INTERNAL,
                "SentryDsnArn does not name a Sentry DSN, which has the form https://<key>@<host>/<project>");
    }

    @Override
    public String toString() {
        return "a DSN";
    }
}
