package io.wasmpipes;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One end's way to its system: the session in use, opened anew when it has ended. A session is never repaired, and this
 * class never retries by itself. Any thread.
 *
 * @param <S> a connection with what the end has set up on it
 */
public final class Link<S extends Link.Session> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(4500);
    private static final Duration LEAST = Duration.ofMillis(500);

    /** A connection from its start to its end. Any thread. */
    public interface Session extends AutoCloseable {
        /** Once false it stays false. Never blocks. */
        boolean alive();

        /** Within about 2 s. Safe twice. */
        @Override
        void close();
    }

    /** Opens a session, in a thread of its own. */
    @FunctionalInterface
    public interface Opening<S> {
        S open() throws TransientException, InterruptedException;
    }

    private record Failure(long at, TransientException why) {}

    private final String system;
    private final String hint;
    private final Opening<S> opening;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile @Nullable S current;
    private volatile @Nullable Failure lastFailure;
    private volatile boolean closed;

    /** {@code system} is for people: {@code RabbitMQ at amqp://host:5672}. */
    public Link(String system, Opening<S> opening) {
        this(system, "", opening);
    }

    /** {@code hint} says what may be the reason if the system is silent: {@code wrong host or proxy?}. */
    public Link(String system, String hint, Opening<S> opening) {
        this.system = system;
        this.hint = hint.isEmpty() ? "" : ": " + hint;
        this.opening = opening;
    }

    /** The session in use if it is alive, or null. Never blocks. */
    public @Nullable S current() {
        S session = current;
        return session != null && session.alive() ? session : null;
    }

    /**
     * The session in use, opened anew if need be; ends within 5 s.
     *
     * @throws TransientException an outage
     */
    public S open() throws TransientException, InterruptedException {
        S session = current();
        if (session != null) {
            return session;
        }
        long asked = System.nanoTime();
        if (!turn.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw silent();
        }
        try {
            session = current();
            if (session != null) {
                return session;
            }
            Failure failure = lastFailure;
            if (failure != null && failure.at() - asked > 0) { // another thread tried while this one waited
                throw failure.why();
            }
            return connect(PATIENCE.toNanos() - (System.nanoTime() - asked));
        } catch (TransientException e) {
            lastFailure = new Failure(System.nanoTime(), e);
            throw e;
        } finally {
            turn.unlock();
        }
    }

    private S connect(long patienceNanos) throws TransientException, InterruptedException {
        if (closed) {
            throw TransientException.outage("the connection to " + system + " is closed");
        }
        S old = current;
        if (old != null) {
            Thread.ofVirtual().start(old::close);
        }
        S fresh = within(Math.max(patienceNanos, LEAST.toNanos()));
        current = fresh;
        if (closed) { // close() came in between and has not seen this session
            fresh.close();
        }
        return fresh;
    }

    /** Clients' own time limits add up and their waiting cannot be interrupted, hence the thread. */
    private S within(long patienceNanos) throws TransientException, InterruptedException {
        CompletableFuture<S> coming = new CompletableFuture<>();
        Thread opener = Thread.ofVirtual().name("opener").start(() -> {
            try {
                coming.complete(opening.open());
            } catch (TransientException | InterruptedException | RuntimeException | Error e) {
                coming.completeExceptionally(e);
            }
        });
        try {
            return coming.get(patienceNanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw translate(e.getCause());
        } catch (TimeoutException e) {
            abandon(coming, opener);
            throw silent();
        } catch (InterruptedException e) {
            abandon(coming, opener);
            throw e;
        }
    }

    private TransientException translate(@Nullable Throwable failure) {
        return switch (failure) {
            case TransientException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> silent();
        };
    }

    private void abandon(CompletableFuture<S> coming, Thread opener) {
        opener.interrupt();
        var _ = coming.thenAccept(Session::close);
    }

    private TransientException silent() {
        return TransientException.outage(system + " does not answer" + hint);
    }

    public boolean closed() {
        return closed;
    }

    /** Closes the session in use; {@link #open} fails from now on. Safe twice. */
    @Override
    public void close() {
        closed = true;
        S session = current;
        if (session != null) {
            session.close();
        }
    }
}
