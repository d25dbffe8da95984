package dev.wakebox.aws;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.RehearsedFunction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.utils.StringInputStream;

/** The client in front of a server that answers the first request of a connection, and closes it at the second one. */
class AwsHttpTest {
    private static final String BODY = "body";

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final Semaphore connections = new Semaphore(0);
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket connection = server.accept();
                    connections.release();
                    Thread.ofVirtual().start(() -> serve(connection));
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void post_withABody_tellsItsLength() throws IOException {
        post();

        assertThat(received).containsExactly("content-length: 4 body");
    }

    @Test
    void post_whenTheAnswerIsLost_isNotRepeated() throws IOException {
        post();

        assertThatThrownBy(this::post).isInstanceOf(IOException.class);
        assertThat(received).hasSize(2);
    }

    @Test
    void post_whileTheFunctionIsPrimed_connectsAndSendsNothing() throws IOException, InterruptedException {
        RehearsedFunction.inFrontOfAws(() -> assertThatThrownBy(this::post)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must change nothing"));

        assertThat(connections.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(received).isEmpty();
    }

    @Test
    void put_ofASmallBody_isSentAtOnce() throws IOException {
        send(SdkHttpMethod.PUT, BODY);

        assertThat(received).containsExactly("content-length: 4 body");
    }

    @Test
    void put_ofALargeBody_asksFirst() throws IOException {
        send(SdkHttpMethod.PUT, BODY.repeat(1 << 18) + "!");

        assertThat(received).containsExactly("content-length: 1048577 expect: 100-continue body");
    }

    private void post() throws IOException {
        send(SdkHttpMethod.POST, BODY);
    }

    private void send(SdkHttpMethod method, String body) throws IOException {
        var request = HttpExecuteRequest.builder()
                .request(SdkHttpRequest.builder()
                        .method(method)
                        .protocol("http")
                        .host("127.0.0.1")
                        .port(server.getLocalPort())
                        .putHeader("Content-Length", String.valueOf(body.length()))
                        .putHeader("Expect", "100-continue")
                        .build())
                .contentStreamProvider(() -> new StringInputStream(body))
                .build();
        var answer = AwsHttp.client().prepareRequest(request).call();
        try (var content = answer.responseBody().orElseThrow()) {
            content.readAllBytes();
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            receive(connection);
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(US_ASCII));
            receive(connection);
        } catch (IOException e) {
            // The client has closed the connection.
        }
    }

    /** Notes a request and the beginning of its body. */
    private void receive(Socket connection) throws IOException {
        var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII));
        int length = 0;
        String expect = "";
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
            if (line.regionMatches(true, 0, "expect:", 0, 7)) {
                expect = "expect: " + line.substring(7).strip() + " ";
                connection.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII));
            }
        }
        char[] body = new char[BODY.length()];
        if (in.read(body) == body.length) {
            in.skip(length - body.length);
            received.add("content-length: " + length + " " + expect + new String(body));
        }
    }
}
