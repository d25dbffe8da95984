package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A connection that gets its answer from the rehearsal, by method and path.
 *
 * <p>For one thread, as every connection.
 */
final class RehearsedConnection extends HttpURLConnection {
    private final Rehearsal rehearsal;
    private Rehearsal.@Nullable Answer answer;

    RehearsedConnection(URL url, Rehearsal rehearsal) {
        super(url);
        this.rehearsal = requireNonNull(rehearsal, "rehearsal is null");
    }

    @Override
    public void connect() {
        connected = true;
    }

    @Override
    public void disconnect() {
        // There is no socket.
    }

    @Override
    public boolean usingProxy() {
        return false;
    }

    /** Ignores what is written. */
    @Override
    public OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public int getResponseCode() {
        return answer().status();
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
        return answer().headers().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, header -> List.of(header.getValue())));
    }

    @Override
    public @Nullable String getHeaderField(String name) {
        return answer().headers().entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    @Override
    public InputStream getInputStream() {
        return new ByteArrayInputStream(answer().body());
    }

    @Override
    public InputStream getErrorStream() {
        return getInputStream();
    }

    /** @throws IllegalStateException when the rehearsal has none, so that an event of priming asks no other server */
    private Rehearsal.Answer answer() {
        if (answer == null) {
            String call = method + " " + url.getFile();
            answer = rehearsal
                    .answer(call)
                    .orElseThrow(() -> new IllegalStateException(
                            "A function that is primed must not ask another server; refused: " + call));
        }
        return answer;
    }
}
