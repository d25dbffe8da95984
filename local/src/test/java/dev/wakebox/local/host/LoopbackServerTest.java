package dev.wakebox.local.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class LoopbackServerTest {
    @Test
    void open_whenThePortIsInUse_saysThatItIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatExceptionOfType(LocalException.class)
                    .isThrownBy(() -> new LoopbackServer(port, "--aws-port", LoopbackServer.Limits.NONE))
                    .withMessage("Port " + port + " of 127.0.0.1 is taken by another program. Stop that program, or"
                            + " choose another port with --aws-port.");
        }
    }

    /** A server that has not started accepts nothing, so the connections wait. */
    @Test
    void open_whenManyConnectAtOnce_keepsThemAll() throws IOException {
        var sockets = new ArrayList<Socket>();
        try (var server = new LoopbackServer(LoopbackServer.ANY_PORT, "--api-port", LoopbackServer.Limits.NONE)) {
            for (int i = 0; i < 300; i++) {
                var socket = new Socket();
                sockets.add(socket);
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port()), 5000);
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        assertThat(sockets).hasSize(300);
    }

    @Test
    void refused_whenThePortIsRoots_namesAnotherPort() {
        assertThat(LoopbackServer.refused(81, "--api-port", "Permission denied"))
                .startsWith("This user may not listen on port 81 ")
                .endsWith("Choose another port with --api-port.");
    }

    @Test
    void refused_whenThereIsNoLoopbackInterface_saysHowToStartIt() {
        assertThat(LoopbackServer.refused(3000, "--api-port", "Cannot assign requested address"))
                .startsWith("This computer has no address 127.0.0.1")
                .contains("sudo ip link set lo up")
                .doesNotContain("taken");
    }

    @Test
    void refused_whenItIsAnythingElse_givesTheSystemsReason() {
        assertThat(LoopbackServer.refused(3000, "--api-port", "Invalid argument"))
                .startsWith(
                        "Cannot listen on port 3000 of 127.0.0.1: Invalid argument. Choose another port with --api-port")
                .doesNotContain("taken");
    }
}
