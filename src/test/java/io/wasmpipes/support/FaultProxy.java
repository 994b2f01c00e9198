package io.wasmpipes.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP proxy on the loopback interface that misbehaves on demand: it refuses, cuts, stalls, delays, or cuts after a
 * number of bytes. Its port stays the same all its life, also while it refuses. Any thread.
 */
public final class FaultProxy implements AutoCloseable {
    private static final Duration RELEASE = Duration.ofSeconds(2);

    private final InetSocketAddress target;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);
    private final ReentrantLock gate = new ReentrantLock();
    private final Condition opened = gate.newCondition();
    private boolean stalled;
    private volatile Duration delay = Duration.ZERO;
    private volatile ServerSocket server;
    private volatile Thread acceptor;

    private FaultProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.port = server.getLocalPort();
        accept(server);
    }

    /** Stands in front of {@code targetPort} of the loopback interface. */
    public static FaultProxy before(int targetPort) {
        try {
            return new FaultProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Cuts what is open and refuses new connections until {@link #heal}. */
    public void refuse() {
        close();
    }

    /** Cuts what is open; new connections work. */
    public void cut() {
        open.forEach(FaultProxy::quietly);
    }

    /** Keeps connections open and carries nothing in either direction, until {@link #heal}. */
    public void stall() {
        withGate(() -> stalled = true);
    }

    /** Holds every piece of data back for {@code time}. */
    public void delay(Duration time) {
        delay = time;
    }

    /** Cuts everything once {@code bytes} more have passed towards the server, then works again. */
    public void cutAfter(long bytes) {
        bytesLeft.set(bytes);
    }

    /** Back to carrying everything at once. */
    public void heal() {
        delay = Duration.ZERO;
        bytesLeft.set(Long.MAX_VALUE);
        withGate(() -> {
            stalled = false;
            opened.signalAll();
        });
        if (server.isClosed()) {
            try {
                ServerSocket next = new ServerSocket();
                next.setReuseAddress(true);
                next.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                server = next;
                accept(next);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void withGate(Runnable change) {
        gate.lock();
        try {
            change.run();
        } finally {
            gate.unlock();
        }
    }

    private void accept(ServerSocket listening) {
        acceptor = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (!listening.isClosed()) {
                    Socket client = listening.accept();
                    if (listening.isClosed()) { // accept may win a race against close
                        quietly(client);
                        return;
                    }
                    open.add(client);
                    Thread.ofVirtual().start(() -> carry(client));
                }
            } catch (IOException e) {
                // closed: it refuses from now on
            }
        });
    }

    private void carry(Socket client) {
        Socket upstream = new Socket();
        open.add(upstream);
        try {
            upstream.connect(target, 2000);
            Thread.ofVirtual().start(() -> copy(upstream, client, false));
            copy(client, upstream, true);
        } catch (IOException e) {
            quietly(client);
        } finally {
            open.remove(client);
            open.remove(upstream);
        }
    }

    private void copy(Socket from, Socket to, boolean counted) {
        byte[] buffer = new byte[16 << 10];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                awaitGate();
                if (counted && bytesLeft.addAndGet(-n) <= 0) {
                    bytesLeft.set(Long.MAX_VALUE);
                    cut();
                }
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException | InterruptedException e) {
            // one side is gone: so goes the other
        }
        quietly(from);
        quietly(to);
    }

    private void awaitGate() throws InterruptedException {
        if (!delay.isZero()) {
            Thread.sleep(delay);
        }
        gate.lock();
        try {
            while (stalled) {
                opened.await();
            }
        } finally {
            gate.unlock();
        }
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // gone is what it should be
        }
    }

    /** Refuses from now on; threads that wait in a stall end with their sockets at {@link #heal}. */
    @Override
    public void close() {
        try {
            server.close();
            acceptor.join(RELEASE); // only then is the port free to be bound again
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cut();
    }
}
