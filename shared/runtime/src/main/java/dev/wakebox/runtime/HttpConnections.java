package dev.wakebox.runtime;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;

/**
 * Opens the connections to servers other than AWS, such as the platform. While the function is primed, none leaves the
 * process: the {@link Rehearsal} answers. Thread-safe.
 */
public final class HttpConnections {
    private HttpConnections() {}

    /** A connection of {@link URL#openConnection(Proxy)}, which connects later. */
    public static HttpURLConnection open(URL url, Proxy proxy) throws IOException {
        Rehearsal rehearsal = Rehearsal.current().orElse(null);
        return rehearsal == null
                ? (HttpURLConnection) url.openConnection(proxy)
                : new RehearsedConnection(url, rehearsal);
    }
}
