package io.wasmpipes.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SupportTest {
    @Test
    void a_server_keeps_its_port_when_it_is_killed_and_restarted() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            int port = server.port();
            assertThat(greeting(port)).startsWith("INFO");
            server.kill();
            assertThatThrownBy(() -> greeting(port)).isInstanceOf(IOException.class);
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(greeting(port)).startsWith("INFO");
        }
    }

    @Test
    void a_proxy_refuses_stalls_cuts_and_heals_on_one_port() throws Exception {
        try (NatsServer server = NatsServer.start();
                FaultProxy proxy = FaultProxy.before(server.port())) {
            assertThat(greeting(proxy.port())).startsWith("INFO");
            proxy.refuse();
            assertThatThrownBy(() -> greeting(proxy.port())).isInstanceOf(IOException.class);
            proxy.heal();
            proxy.stall();
            assertThatThrownBy(() -> greeting(proxy.port())).isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            assertThat(greeting(proxy.port())).startsWith("INFO");
            proxy.delay(Duration.ofMillis(150));
            long start = System.nanoTime();
            assertThat(greeting(proxy.port())).startsWith("INFO");
            assertThat(System.nanoTime() - start)
                    .isGreaterThan(Duration.ofMillis(140).toNanos());
            proxy.heal();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
                socket.setSoTimeout(5000);
                assertThat(socket.getInputStream().read()).isEqualTo('I');
                proxy.cut();
                assertThatThrownBy(() -> {
                            while (socket.getInputStream().read() >= 0) {}
                            throw new IOException("end of stream");
                        })
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    private static String greeting(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(500);
            byte[] start = socket.getInputStream().readNBytes(4);
            if (start.length < 4) {
                throw new IOException("end of stream");
            }
            return new String(start, java.nio.charset.StandardCharsets.US_ASCII);
        }
    }
}
