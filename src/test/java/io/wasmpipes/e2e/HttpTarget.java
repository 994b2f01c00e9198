package io.wasmpipes.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server that takes, refuses or resets the connection as it is told, and keeps what it took in the order it came.
 * It knows no more of HTTP than keep-alive and Content-Length.
 */
final class HttpTarget implements AutoCloseable {
    /** What becomes of one request. */
    enum Answer {
        TAKE(200),
        BROKEN(500),
        TOO_MANY(429),
        AWAY(503),
        /** The connection is reset, the message is not kept. */
        RESET(0),
        /** The message is kept, then the connection is reset, so the sender cannot know. */
        TAKE_AND_RESET(0);

        private final int status;

        Answer(int status) {
            this.status = status;
        }
    }

    /** Decides; any thread. */
    @FunctionalInterface
    interface Manner {
        Answer to(String body) throws InterruptedException;
    }

    private final ServerSocket server;
    private final List<String> taken = new ArrayList<>();
    private volatile Manner manner;

    HttpTarget(Manner manner) {
        this.manner = manner;
        try {
            this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void behave(Manner other) {
        manner = other;
    }

    synchronized List<String> taken() {
        return List.copyOf(taken);
    }

    synchronized int count() {
        return taken.size();
    }

    private synchronized void take(String body) {
        taken.add(body);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            for (String body = read(in); body != null; body = read(in)) {
                Answer answer = manner.to(body);
                if (answer == Answer.TAKE || answer == Answer.TAKE_AND_RESET) {
                    take(body);
                }
                if (answer.status == 0) {
                    client.setSoLinger(true, 0); // closes with RST
                    return;
                }
                client.getOutputStream()
                        .write(("HTTP/1.1 " + answer.status + " so\r\nContent-Length: 2\r\n\r\nso")
                                .getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException | InterruptedException e) {
            // the sender has gone
        }
    }

    /** The body of the next request, null at the end of the connection. */
    private static @Nullable String read(InputStream in) throws IOException {
        int length = -1;
        for (String line = line(in); line != null; line = line(in)) {
            String folded = line.toLowerCase(Locale.ROOT);
            if (folded.startsWith("content-length:")) {
                length = Integer.parseInt(
                        folded.substring("content-length:".length()).strip());
            }
            if (line.isEmpty()) {
                if (length < 0) {
                    throw new IOException("a request without Content-Length");
                }
                return new String(in.readNBytes(length), StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString(StandardCharsets.US_ASCII).stripTrailing();
            }
            line.write(b);
        }
        return null;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
