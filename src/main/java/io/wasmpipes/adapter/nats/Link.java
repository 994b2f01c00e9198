package io.wasmpipes.adapter.nats;

import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One end's way to its servers: the session in use with what the end has set up on it, made anew when the session has
 * ended. It never retries by itself. Any thread.
 *
 * @param <A> what is set up on each session
 */
final class Link<A extends Link.Attached> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** What an end has set up on a session. */
    interface Attached {
        Session session();
    }

    /** Sets an end up on a fresh session. */
    @FunctionalInterface
    interface Setup<A> {
        A on(Session session) throws TransientException, InterruptedException;
    }

    private record Failure(long at, TransientException why) {}

    private final Servers servers;
    private final String name;
    private final boolean reconnecting;
    private final Setup<A> setup;
    private final SlowConsumerLog slow = new SlowConsumerLog();
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable A current;
    private volatile @Nullable Failure lastFailure;
    private volatile boolean closed;

    Link(Servers servers, String name, boolean reconnecting, Setup<A> setup) {
        this.servers = servers;
        this.name = name;
        this.reconnecting = reconnecting;
        this.setup = setup;
    }

    /** What is in use and alive, or null. Never blocks. */
    @Nullable
    A current() {
        A attached = current;
        return attached != null && attached.session().alive() ? attached : null;
    }

    /** What is in use, connected and set up anew if need be; within about 5 s. */
    A open() throws TransientException, InterruptedException {
        A attached = current();
        if (attached != null) {
            return attached;
        }
        long asked = System.nanoTime();
        if (!opening.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw TransientException.outage("NATS at " + servers + " does not answer");
        }
        try {
            attached = current();
            if (attached != null) {
                return attached;
            }
            Failure failure = lastFailure;
            if (failure != null && failure.at() - asked > 0) { // another thread tried while this one waited
                throw failure.why();
            }
            return connect();
        } finally {
            opening.unlock();
        }
    }

    private A connect() throws TransientException, InterruptedException {
        if (closed) {
            throw TransientException.outage("the connection to NATS at " + servers + " is closed");
        }
        A old = current;
        if (old != null) {
            old.session().end();
        }
        try {
            Session session = Session.open(servers, name, reconnecting, slow);
            A attached = attach(session);
            current = attached;
            if (closed) { // close() came in between and has not seen this session
                session.close();
            }
            return attached;
        } catch (TransientException e) {
            lastFailure = new Failure(System.nanoTime(), e);
            throw e;
        }
    }

    private A attach(Session session) throws TransientException, InterruptedException {
        boolean done = false;
        try {
            A attached = setup.on(session);
            done = true;
            return attached;
        } finally {
            if (!done) {
                session.end();
            }
        }
    }

    boolean closed() {
        return closed;
    }

    /** Closes the session in use; {@link #open} fails from now on. Safe twice. */
    @Override
    public void close() {
        closed = true;
        A attached = current;
        if (attached != null) {
            attached.session().close();
        }
    }
}
