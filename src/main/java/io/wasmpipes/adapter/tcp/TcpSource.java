package io.wasmpipes.adapter.tcp;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Frames;
import io.wasmpipes.Framing;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.Tls;
import io.wasmpipes.TransientException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens. A connection is read while there is room for what it brings, each in a thread of its own; its messages are in
 * order. What has been read does not come again.
 */
final class TcpSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(TcpSource.class);
    private static final int CHUNK = 64 << 10;
    private static final int BACKLOG = 128;
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final TcpAdapter.Settings settings;
    private final long maxBytes;
    private final Basin basin = new Basin();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicBoolean full = new AtomicBoolean();
    private @Nullable ServerSocket server;
    private volatile boolean closed;

    TcpSource(TcpAdapter.Settings settings, Limits limits) {
        this.settings = settings;
        this.maxBytes = limits.maxMessageBytes();
    }

    @Override
    public synchronized void connect() throws TransientException {
        if (server != null || closed) {
            return;
        }
        try {
            ServerSocket listening = settings.tls() ? secure() : new ServerSocket();
            try {
                listening.setReuseAddress(true);
                listening.bind(address(), BACKLOG);
            } catch (IOException e) {
                listening.close();
                throw e;
            }
            server = listening;
            Thread.ofPlatform().daemon().name("tcp-accept").start(() -> accept(listening));
        } catch (IOException e) {
            throw TransientException.outage("cannot listen at " + settings + ": " + e.getMessage(), e);
        } catch (ConfigException e) { // a key file that has become unreadable: it may be on its way
            throw TransientException.outage("no certificate for " + settings, e);
        }
    }

    private InetSocketAddress address() throws IOException {
        return settings.host().isEmpty()
                ? new InetSocketAddress(settings.port())
                : new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
    }

    private ServerSocket secure() throws ConfigException, IOException {
        Tls tls = Tls.read(settings.variables()).orElseThrow();
        SSLServerSocket socket =
                (SSLServerSocket) tls.context().getServerSocketFactory().createServerSocket();
        socket.setNeedClientAuth(tls.trust() != null);
        return socket;
    }

    private void accept(ServerSocket listening) {
        while (!closed) {
            try {
                Socket socket = listening.accept();
                if (closed || open.size() >= settings.maxConnections()) {
                    refuse(socket);
                } else {
                    full.set(false);
                    open.add(socket);
                    String name = socket.getRemoteSocketAddress() + "#" + numbers.incrementAndGet();
                    Thread.ofVirtual().name("tcp-read").start(() -> read(socket, name));
                }
            } catch (IOException e) {
                LOG.debug("a connection was not accepted", e);
            }
        }
    }

    private void refuse(Socket socket) {
        quietly(socket);
        if (!closed && full.compareAndSet(false, true)) {
            LOG.warn("connections refused at={} max_connections={}", settings, settings.maxConnections());
        }
    }

    private void read(Socket socket, String name) {
        Frames frames = new Frames(settings.framing(), maxBytes);
        byte[] chunk = new byte[CHUNK];
        try (socket) {
            InputStream in = socket.getInputStream();
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                frames.feed(chunk, count);
                if (!drain(frames, name)) {
                    return;
                }
            }
            Bytes line = frames.lastLine();
            if (line != null && basin.offer(line, name)) {
                return;
            }
            tellRest(frames, name, "ended");
        } catch (IOException e) {
            tellRest(frames, name, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private boolean drain(Frames frames, String name) throws InterruptedException {
        for (Bytes body = frames.next(); body != null; body = frames.next()) {
            if (!basin.offer(body, name)) {
                return false;
            }
        }
        return true;
    }

    private void tellRest(Frames frames, String name, String why) {
        if (frames.left() > 0 && !closed) {
            String unit = settings.framing() == Framing.LINES ? "line" : "frame";
            LOG.warn("a connection ends within a {} from={} bytes={} reason={}", unit, name, frames.left(), why);
        }
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        if (closed) {
            return List.of();
        }
        connect();
        List<Delivery> taken =
                basin.take(demand, System.nanoTime() + demand.patience().toNanos());
        if (taken.isEmpty() && basin.anyWaiting()) { // no room for the next one yet: do not make the caller spin
            Thread.sleep(PAUSE);
        }
        return taken;
    }

    @Override
    public void settle(List<Settled> settled) {
        // what has been read has been read
    }

    /** The port that is listened on, -1 if none is: another than asked for where that was 0. */
    synchronized int port() {
        return server == null ? -1 : server.getLocalPort();
    }

    @Override
    public void close() {
        closed = true;
        basin.close();
        synchronized (this) {
            if (server != null) {
                try {
                    server.close();
                } catch (IOException e) {
                    LOG.debug("{} cannot be closed", settings, e);
                }
            }
        }
        open.forEach(TcpSource::quietly);
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a connection cannot be closed", e);
        }
    }
}
