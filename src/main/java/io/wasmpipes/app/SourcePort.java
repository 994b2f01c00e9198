package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.adapter.http.HttpIngress.Address;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/** Whether the port of an HTTP source can be bound: told at the start, for waiting does not free a port. */
final class SourcePort {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private SourcePort() {}

    /** Whether a source listens at all. */
    static boolean listens(Endpoint source) {
        return source.scheme().startsWith("http");
    }

    private static int port(Endpoint source) {
        int standard = source.scheme().equals("https") ? HTTPS : HTTP;
        return source.port() < 0 ? standard : source.port();
    }

    /** The source's address as this machine reaches it, for a sink. */
    static String here(Endpoint source) {
        String host = source.host().isEmpty() ? "localhost" : source.host();
        return source.scheme() + "://" + host + ":" + port(source) + source.path();
    }

    /** @throws ConfigException if the source listens and cannot, or would at the management port */
    static void check(Endpoint source, Optional<Address> management) throws ConfigException {
        if (!listens(source)) {
            return;
        }
        int port = port(source);
        if (port != 0
                && management.map(Address::port).filter(other -> other == port).isPresent()) {
            throw new ConfigException(
                    source.variable(), source.toString(), "must not listen at the MANAGEMENT_PORT", "");
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(
                    source.host().isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(source.host(), port));
        } catch (IOException e) {
            throw new ConfigException(
                    source.variable(),
                    source.toString(),
                    "must have a port that can be bound: " + e.getMessage(),
                    "stop what listens there, or choose another port");
        }
    }
}
