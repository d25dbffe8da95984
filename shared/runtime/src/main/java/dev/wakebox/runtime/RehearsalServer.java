package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * An HTTP/1.1 server on the loopback interface that gives the answers of a {@link Rehearsal}, so that priming runs the code of
 * the HTTP client as well. The module jdk.httpserver is not used, because not every Java runtime has it. Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112, HTTP/1.1</a>
 */
final class RehearsalServer implements Closeable {
    private final Function<String, Rehearsal.Answer> answers;
    private final ServerSocket socket;

    private RehearsalServer(Function<String, Rehearsal.Answer> answers) throws IOException {
        this.answers = requireNonNull(answers, "answers is null");
        this.socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    /** A server that runs until it is closed. */
    static RehearsalServer start(Function<String, Rehearsal.Answer> answers) throws IOException {
        var server = new RehearsalServer(answers);
        thread(server::accept);
        return server;
    }

    int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                connection.setTcpNoDelay(true);
                thread(() -> serve(connection));
            }
        } catch (IOException e) {
            // The server was closed.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            var in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            for (String request = line(in); !request.isEmpty(); request = line(in)) {
                Map<String, String> headers = headers(in);
                if ("100-continue".equals(headers.get("expect"))) {
                    out.write(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
                }
                skipBody(in, headers);
                String[] words = request.split(" ", 3);
                Rehearsal.Answer answer =
                        answers.apply(headers.getOrDefault(Rehearsal.CALL, words[0] + " " + words[1]));
                out.write(bytes(answer, words[0].equals("HEAD")));
            }
        } catch (IOException e) {
            // The client has closed the connection.
        }
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        var headers = new HashMap<String, String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static void skipBody(InputStream in, Map<String, String> headers) throws IOException {
        if (!"chunked".equals(headers.get("transfer-encoding"))) {
            in.skipNBytes(Long.parseLong(headers.getOrDefault("content-length", "0")));
            return;
        }
        for (int size = chunk(in); size > 0; size = chunk(in)) {
            in.skipNBytes(size);
            line(in);
        }
        line(in);
    }

    private static int chunk(InputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
    }

    /** The next line without its end; empty at the end of the stream. */
    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int character = in.read(); character >= 0 && character != '\n'; character = in.read()) {
            if (character != '\r') {
                line.append((char) character);
            }
        }
        return line.toString();
    }

    private static byte[] bytes(Rehearsal.Answer answer, boolean head) throws IOException {
        var headers = new StringBuilder("HTTP/1.1 " + answer.status() + " Rehearsed\r\n");
        answer.headers()
                .forEach((name, value) ->
                        headers.append(name).append(": ").append(value).append("\r\n"));
        byte[] body = head ? new byte[0] : answer.body();
        headers.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        var response = new ByteArrayOutputStream();
        response.write(ascii(headers.toString()));
        response.write(body);
        return response.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void thread(Runnable task) {
        var thread = new Thread(task, "rehearsal");
        thread.setDaemon(true);
        thread.start();
    }
}
