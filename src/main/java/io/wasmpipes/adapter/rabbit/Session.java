package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import io.wasmpipes.ConfigException;
import io.wasmpipes.TransientException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One connection with one channel, from its start to its end: it is never repaired. Any thread. */
final class Session {
    private static final int CLOSING_MILLIS = 2000;

    private final Server server;
    private final Connection connection;
    private final Channel channel;
    private final AtomicReference<@Nullable TransientException> end = new AtomicReference<>();
    private final CountDownLatch gone = new CountDownLatch(1);

    private Session(Server server, Connection connection, Channel channel) {
        this.server = server;
        this.connection = connection;
        this.channel = channel;
    }

    /** Something asked of the server. */
    @FunctionalInterface
    interface Step {
        void on(Channel channel) throws IOException;
    }

    /** Connects, and does {@code setup} on the channel; may take some seconds. */
    static Session open(Server server, String name, Step setup) throws TransientException {
        Connection connection = null;
        try {
            connection = server.factory().newConnection(name);
            Channel channel = connection.createChannel();
            if (channel == null) {
                throw TransientException.outage(at(server) + " has no channel left");
            }
            Session session = new Session(server, connection, channel);
            setup.on(channel);
            channel.addShutdownListener(why -> session.end(told(server, why)));
            connection = null; // it is the session's now
            return session;
        } catch (PossibleAuthenticationFailureException e) {
            throw TransientException.outage(at(server) + " refuses the credentials");
        } catch (ConfigException e) { // a file that has become unreadable: it may be on its way
            throw TransientException.outage("no login for " + at(server), e);
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            throw told(server, e);
        } finally {
            if (connection != null) {
                abort(connection);
            }
        }
    }

    private static String at(Server server) {
        return "RabbitMQ at " + server;
    }

    /** What the server said when it closed, or how the network failed. */
    private static TransientException told(Server server, Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException signal) {
                String reason = replyText(signal);
                if (reason != null) {
                    String hint = reason.startsWith("NOT_FOUND") ? "; the pipe declares nothing, create it" : "";
                    return TransientException.outage(at(server) + " refuses: " + reason + hint);
                }
            }
        }
        String text = failure.getMessage();
        String what = failure instanceof ShutdownSignalException
                ? "the connection to " + at(server) + " is lost"
                : at(server) + " does not answer: " + failure.getClass().getSimpleName()
                        + (text == null ? "" : " " + text);
        return TransientException.outage(what, failure);
    }

    private static @Nullable String replyText(ShutdownSignalException signal) {
        return switch (signal.getReason()) {
            case AMQP.Channel.Close close -> close.getReplyText();
            case AMQP.Connection.Close close -> signal.isInitiatedByApplication() ? null : close.getReplyText();
            case null, default -> null;
        };
    }

    Channel channel() {
        return channel;
    }

    Connection connection() {
        return connection;
    }

    boolean alive() {
        return end.get() == null && channel.isOpen();
    }

    /** Why it has ended, for people. */
    TransientException why() {
        TransientException known = end.get();
        return known == null ? TransientException.outage("the connection to " + at(server) + " is lost") : known;
    }

    /** Does {@code step}; if it fails the session is over, and why is known. */
    boolean attempt(Step step) {
        if (!alive()) {
            return false;
        }
        try {
            step.on(channel);
            return true;
        } catch (IOException | ShutdownSignalException e) {
            end(told(server, e));
            return false;
        }
    }

    /** Ends it, behind everything that was written to it, without waiting for anything; the first reason counts. */
    void end(TransientException why) {
        if (end.compareAndSet(null, why)) {
            Thread.ofVirtual().start(this::leave);
        }
    }

    /** The channel first: a server that is told to close the connection forgets acknowledgements that it has just got. */
    private void leave() {
        try {
            channel.abort();
        } catch (IOException e) {
            // the connection has gone already
        }
        abort(connection);
        gone.countDown();
    }

    /** Waits, once it has ended, until the server has said goodbye: the queue has everything again. At most some seconds. */
    void awaitGone() throws InterruptedException {
        var _ = gone.await(CLOSING_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends it, and waits for that. Safe twice. */
    void close() {
        end(TransientException.outage("the connection to " + at(server) + " is closed"));
        try {
            awaitGone();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void abort(Connection connection) {
        connection.abort(AMQP.REPLY_SUCCESS, "OK", CLOSING_MILLIS);
    }
}
