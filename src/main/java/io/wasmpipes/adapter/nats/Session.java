package io.wasmpipes.adapter.nats;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Statistics;
import io.wasmpipes.ConfigException;
import io.wasmpipes.TransientException;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One connection from its start to its end. Unless it is a reconnecting one it is never repaired, so nothing that was
 * queued on it can turn up later behind newer messages. It pings by itself and ends when neither an answer nor any byte
 * comes for some seconds. Any thread.
 */
final class Session {
    private static final Duration PING_EVERY = Duration.ofSeconds(3);
    private static final Duration SILENCE = Duration.ofSeconds(4);
    private static final Duration FLUSH_MAX = Duration.ofSeconds(60);

    private final Connection connection;
    private final Servers servers;
    private final boolean reconnecting;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread pulse;

    private Session(Connection connection, Servers servers, boolean reconnecting) {
        this.connection = connection;
        this.servers = servers;
        this.reconnecting = reconnecting;
        this.pulse = Thread.ofVirtual().name("nats-pulse").unstarted(this::keepPulse);
    }

    /** Connects within 5 s. */
    static Session open(Servers servers, String name, boolean reconnecting, SlowConsumerLog slow)
            throws TransientException, InterruptedException {
        try {
            Options options =
                    servers.options(name, reconnecting).errorListener(slow).build();
            Session session = new Session(Nats.connect(options), servers, reconnecting);
            session.pulse.start();
            return session;
        } catch (AuthenticationException e) {
            throw TransientException.outage("NATS at " + servers + " refuses the credentials");
        } catch (IOException e) {
            throw TransientException.outage("NATS at " + servers + " does not answer", e);
        } catch (ConfigException e) { // a key file that has become unreadable: it may be on its way
            throw TransientException.outage("no login for NATS at " + servers, e);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw TransientException.outage("NATS at " + servers + ": credentials cannot be used");
        }
    }

    Connection connection() {
        return connection;
    }

    /** Whether it is worth using: connected, or about to be again. */
    boolean alive() {
        if (ended.get()) {
            return false;
        }
        Connection.Status status = connection.getStatus();
        return status == Connection.Status.CONNECTED || (reconnecting && status != Connection.Status.CLOSED);
    }

    boolean connected() {
        return !ended.get() && connection.getStatus() == Connection.Status.CONNECTED;
    }

    /**
     * Waits until the server has answered a ping, and so has dealt with everything sent before.
     *
     * @return false if the connection ended first, or the server refused something
     */
    boolean flush() throws InterruptedException {
        long end = System.nanoTime() + FLUSH_MAX.toNanos();
        while (connected() && System.nanoTime() - end < 0) {
            long before = moved();
            try {
                connection.flush(SILENCE);
                // without a connection jnats returns though nothing was answered: hence the second look
                return connected() && !refused();
            } catch (TimeoutException e) {
                if (moved() == before) {
                    giveUp();
                    return false;
                }
            }
        }
        return false;
    }

    private long moved() {
        Statistics statistics = connection.getStatistics();
        return statistics.getInBytes() + statistics.getOutBytes();
    }

    /** Whether the server has answered with a permissions violation; the session is over then, another may log in anew. */
    private boolean refused() {
        String error = connection.getLastError();
        if (error != null && error.toLowerCase(Locale.ROOT).contains("permissions violation")) {
            end();
            return true;
        }
        return false;
    }

    /** Why it does not work any more, for people. */
    TransientException lost() {
        String error = connection.getLastError();
        boolean telling = error != null && error.toLowerCase(Locale.ROOT).contains("permissions violation");
        return TransientException.outage(
                telling
                        ? "NATS at " + servers + " refuses: " + error
                        : "the connection to NATS at " + servers + " is lost");
    }

    private void keepPulse() {
        try {
            while (alive()) {
                Thread.sleep(PING_EVERY);
                flush();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void giveUp() {
        if (reconnecting) {
            try {
                connection.forceReconnect();
            } catch (IOException e) {
                end();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } else {
            end();
        }
    }

    /** Ends it without waiting for anything. */
    void end() {
        if (ended.compareAndSet(false, true)) {
            Thread.ofVirtual().start(this::close);
        }
    }

    /** Closes the connection, within about 2 s. Safe twice. */
    void close() {
        ended.set(true);
        pulse.interrupt();
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
