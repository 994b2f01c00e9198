package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.adapter.http.HttpIngress.Address;
import io.wasmpipes.config.Service;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Where the management port is to be: found out at once, long before the server is up. */
final class ManagementPort {
    private ManagementPort() {}

    /** Listens at an address and answers the port. */
    interface Door {
        int open(Address address) throws IOException;
    }

    /**
     * The address asked for, or one with a free port where none was asked for and the default is taken.
     *
     * @throws ConfigException if the one asked for cannot be bound
     */
    static Address choose(Service.Management management) throws ConfigException {
        Address wanted = new Address(management.host(), management.port(), null);
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(
                    management.host().isEmpty()
                            ? new InetSocketAddress(management.port())
                            : new InetSocketAddress(management.host(), management.port()));
            return wanted;
        } catch (IOException e) {
            if (management.explicit()) {
                throw taken(management.port(), e);
            }
            return new Address(management.host(), 0, null);
        }
    }

    /**
     * Listens there or, where none was asked for and somebody was quicker than the server, at a free port.
     *
     * @return the port
     */
    static int open(Door door, Service.Management management, Address chosen) throws IOException {
        try {
            return door.open(chosen);
        } catch (IOException e) {
            if (management.explicit() || chosen.port() == 0) {
                throw e;
            }
            return door.open(new Address(chosen.host(), 0, null));
        }
    }

    static ConfigException taken(int port, IOException why) {
        return new ConfigException(
                "MANAGEMENT_PORT",
                Integer.toString(port),
                "must be a port that can be bound: " + why.getMessage(),
                "unset it to have a free one chosen, or set it to off");
    }
}
