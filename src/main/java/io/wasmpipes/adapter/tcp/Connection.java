package io.wasmpipes.adapter.tcp;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Link;
import io.wasmpipes.Tls;
import io.wasmpipes.TransientException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A sink's connection. What the other side sends is read and thrown away, so that its end is seen; a write that is stuck is
 * ended by the same thread.
 */
final class Connection implements Link.Session {
    private static final int CONNECT_MILLIS = 4000;
    private static final int LOOK_MILLIS = 1000;
    private static final Duration STUCK = Duration.ofSeconds(10);

    private final TcpAdapter.Settings settings;
    private final Socket socket;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile @Nullable TransientException end;
    private volatile long writingSince;

    private Connection(TcpAdapter.Settings settings, Socket socket) {
        this.settings = settings;
        this.socket = socket;
    }

    static Connection open(TcpAdapter.Settings settings) throws TransientException {
        Socket socket = new Socket();
        boolean done = false;
        try {
            socket.connect(new InetSocketAddress(settings.host(), settings.port()), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(CONNECT_MILLIS);
            Socket ours = settings.tls() ? secure(settings, socket) : socket;
            ours.setSoTimeout(LOOK_MILLIS);
            Connection connection = new Connection(settings, ours);
            Thread.ofVirtual().name("tcp-watch").start(connection::watch);
            done = true;
            return connection;
        } catch (UnknownHostException e) {
            throw TransientException.outage(settings + ": the host is unknown", e);
        } catch (IOException e) {
            throw TransientException.outage(settings + " does not answer: " + e.getMessage(), e);
        } catch (ConfigException e) { // a key file that has become unreadable: it may be on its way
            throw TransientException.outage("no certificates for " + settings, e);
        } finally {
            if (!done) {
                quietly(socket);
            }
        }
    }

    private static Socket secure(TcpAdapter.Settings settings, Socket plain) throws ConfigException, IOException {
        Optional<SSLContext> own = Tls.context(settings.variables());
        SSLSocket socket;
        try {
            SSLContext context = own.isPresent() ? own.get() : SSLContext.getDefault();
            socket = (SSLSocket) context.getSocketFactory().createSocket(plain, settings.host(), settings.port(), true);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has a default TLS context", e);
        }
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private void watch() {
        byte[] unwanted = new byte[1024];
        try {
            InputStream in = socket.getInputStream();
            while (alive()) {
                try {
                    if (in.read(unwanted) < 0) {
                        end("the other side has closed the connection", null);
                    }
                } catch (SocketTimeoutException e) {
                    long since = writingSince;
                    if (since != 0 && System.nanoTime() - since > STUCK.toNanos()) {
                        end("nothing has been read for " + STUCK.toSeconds() + " s", null);
                    }
                }
            }
        } catch (IOException e) {
            end("the connection is lost", e);
        }
    }

    /** Writes all of it, one caller at a time; false if the connection has ended. */
    boolean write(byte[] bytes) throws InterruptedException {
        writing.lockInterruptibly();
        try {
            if (!alive()) {
                return false;
            }
            writingSince = System.nanoTime() | 1;
            socket.getOutputStream().write(bytes);
            return alive();
        } catch (IOException e) {
            end("the connection is lost", e);
            return false;
        } finally {
            writingSince = 0;
            writing.unlock();
        }
    }

    private void end(String why, @Nullable IOException cause) {
        if (end == null) {
            String text = settings + ": " + why;
            end = cause == null ? TransientException.outage(text) : TransientException.outage(text, cause);
        }
        quietly(socket);
    }

    @Override
    public boolean alive() {
        return end == null;
    }

    /** Why it has ended, for people. */
    TransientException why() {
        TransientException known = end;
        return known == null ? TransientException.outage(settings + ": the connection is lost") : known;
    }

    @Override
    public void close() {
        end("closed", null);
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // gone is what it should be
        }
    }
}
