package io.wasmpipes.e2e;

import io.wasmpipes.support.PipeProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A load balancer for connections, as a cluster has one: a new connection goes to a backend whose readiness says 200. */
final class Balancer implements AutoCloseable {
    /** A process and the port it serves at. */
    record Backend(PipeProcess process, int port) {
        boolean ready() {
            try {
                return PipeProcess.get(process.managementPort(), "/healthz/readiness")
                                .statusCode()
                        == 200;
            } catch (UncheckedIOException e) {
                return false; // gone
            }
        }
    }

    private final ServerSocket server;
    private final List<Backend> backends = new CopyOnWriteArrayList<>();
    private volatile List<Backend> ready = List.of();
    private final AtomicInteger next = new AtomicInteger();
    private final Thread looking;

    Balancer() throws IOException {
        server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
        looking = Thread.ofVirtual().start(this::look);
    }

    int port() {
        return server.getLocalPort();
    }

    void add(Backend backend) {
        backends.add(backend);
        ready = backends.stream().filter(Backend::ready).toList();
    }

    /** Asks every backend anew, as often as a cluster would. */
    private void look() {
        try {
            while (!server.isClosed()) {
                Thread.sleep(200);
                ready = backends.stream().filter(Backend::ready).toList();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        List<Backend> now = ready;
        try (client) {
            Backend backend = now.get(Math.floorMod(next.getAndIncrement(), now.size()));
            try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), backend.port)) {
                Thread there = Thread.ofVirtual().start(() -> copy(client, behind));
                copy(behind, client);
                there.interrupt();
            }
        } catch (IOException | RuntimeException e) {
            // the client sees its connection end
        }
    }

    private static void copy(Socket from, Socket to) {
        try (InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        } catch (IOException e) {
            // either side has gone
        }
    }

    @Override
    public void close() throws IOException {
        looking.interrupt();
        server.close();
    }
}
