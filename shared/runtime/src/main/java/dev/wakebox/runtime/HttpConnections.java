package dev.wakebox.runtime;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;

/**
 * Opens the connections to servers other than AWS, such as the platform. While the function is primed, none leaves the
 * computer: the {@link Rehearsal} answers. Thread-safe.
 */
public final class HttpConnections {
    private HttpConnections() {}

    /** A connection of {@link URL#openConnection()}, which connects later. */
    public static HttpURLConnection open(URL url) throws IOException {
        Rehearsal rehearsal = Rehearsal.current().orElse(null);
        return rehearsal == null ? (HttpURLConnection) url.openConnection() : rehearsed(url, rehearsal);
    }

    /** A connection that goes straight to the server, whatever proxy the JVM's settings name. */
    public static HttpURLConnection openDirectly(URL url) throws IOException {
        Rehearsal rehearsal = Rehearsal.current().orElse(null);
        return rehearsal == null ? direct(url) : rehearsed(url, rehearsal);
    }

    private static HttpURLConnection rehearsed(URL url, Rehearsal rehearsal) throws IOException {
        String address = "http://127.0.0.1:" + rehearsal.portOfOthers() + url.getFile();
        return direct(URI.create(address).toURL());
    }

    private static HttpURLConnection direct(URL url) throws IOException {
        return (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
    }
}
