package io.wasmpipes.adapter.tcp;

import io.wasmpipes.support.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A plain server that reads frames with their length before them. */
final class TcpListener implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<byte[]> bodies = new CopyOnWriteArrayList<>();

    TcpListener(ServerSocket server) {
        this.server = server;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> read(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void read(Socket socket) {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                bodies.add(in.readNBytes(in.readInt()));
            }
        } catch (IOException e) {
            // the other side has gone
        }
    }

    /** Closes every connection; new ones are accepted. */
    void cut() {
        sockets.forEach(TcpListener::quietly);
        sockets.clear();
    }

    List<byte[]> arrived(int count) throws Exception {
        Await.until(count + " frames arrive", () -> bodies.size() >= count);
        return new ArrayList<>(bodies);
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
