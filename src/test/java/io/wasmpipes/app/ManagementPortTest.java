package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import io.wasmpipes.adapter.http.HttpIngress.Address;
import io.wasmpipes.config.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManagementPortTest {
    private static final String HOST = "127.0.0.1";

    private static Service.Management management(int port, boolean explicit) {
        return new Service.Management(HOST, port, explicit, Optional.empty());
    }

    private static ServerSocket listen(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    private static int listenOnce(Address address) throws IOException {
        try (ServerSocket socket = listen(address.port())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void the_default_gives_way_to_whoever_has_it() throws Exception {
        try (ServerSocket other = listen(0)) {
            assertThat(ManagementPort.choose(management(other.getLocalPort(), false))
                            .port())
                    .isZero();
        }
    }

    @Test
    void the_default_gives_way_to_whoever_took_it_since_it_was_chosen() throws Exception {
        try (ServerSocket other = listen(0)) {
            int taken = other.getLocalPort();
            assertThat(ManagementPort.open(
                            ManagementPortTest::listenOnce, management(taken, false), new Address(HOST, taken, null)))
                    .isNotEqualTo(taken)
                    .isPositive();
        }
    }

    @Test
    void the_one_asked_for_does_not_give_way() throws Exception {
        try (ServerSocket other = listen(0)) {
            int taken = other.getLocalPort();
            assertThatThrownBy(() -> ManagementPort.choose(management(taken, true)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("MANAGEMENT_PORT")
                    .hasMessageContaining(Integer.toString(taken));
            assertThatThrownBy(() -> ManagementPort.open(
                            ManagementPortTest::listenOnce, management(taken, true), new Address(HOST, taken, null)))
                    .isInstanceOf(IOException.class);
        }
    }
}
