package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback interface nobody listens on. */
public final class Ports {
    /** Below what Linux gives to those who ask for any port, or connect from one. */
    private static final int LOWEST = 20_000;

    private static final int ABOVE = 32_000;

    private Ports() {}

    /** A free port that the system gives to nobody by itself: it stays closed until the test opens it. */
    public static int closed() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, ABOVE);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // somebody has it: another one
            }
        }
    }

    /** A port that was free a moment ago. */
    public static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
