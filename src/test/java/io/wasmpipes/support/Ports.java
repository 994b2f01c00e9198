package io.wasmpipes.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of the loopback interface that stay free until the test opens them, and again while what listened there is down:
 * they lie below those that Linux gives to whoever asks for any port or connects from one. Each process that runs tests
 * has a block of its own, which is its as long as it holds the first port of it.
 */
public final class Ports {
    private static final int LOWEST = 20_000;
    private static final int BLOCK = 500;
    private static final int BLOCKS = 24;

    private static final ServerSocket OWNED = own();

    private static final AtomicInteger GIVEN = new AtomicInteger();

    private Ports() {}

    private static ServerSocket own() {
        int first = ThreadLocalRandom.current().nextInt(BLOCKS);
        for (int i = 0; i < BLOCKS; i++) {
            try {
                return open(LOWEST + (first + i) % BLOCKS * BLOCK);
            } catch (IOException e) {
                // another process has this block
            }
        }
        throw new AssertionError("every block of ports from " + LOWEST + " on is taken");
    }

    private static ServerSocket open(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    /** A port nobody listens on. It is given again only after all the others. */
    public static int free() {
        for (int i = 0; i < BLOCK; i++) {
            int port = OWNED.getLocalPort() + 1 + GIVEN.getAndIncrement() % (BLOCK - 1);
            try (ServerSocket socket = open(port)) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // in use
            }
        }
        throw new AssertionError("every port from " + OWNED.getLocalPort() + " on is in use");
    }
}
