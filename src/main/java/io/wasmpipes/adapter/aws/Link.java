package io.wasmpipes.adapter.aws;

import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one end in use, made and tried anew after they were dropped. It never retries by itself. Any thread.
 *
 * @param <C> what is opened
 */
final class Link<C extends AutoCloseable> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(4500);

    /** Makes the clients and asks the system whether it is there. */
    @FunctionalInterface
    interface Opening<C> {
        C open() throws TransientException;
    }

    private record Failure(long at, TransientException why) {}

    private final String shown;
    private final Opening<C> opening;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable C current;
    private volatile @Nullable Failure lastFailure;
    private volatile boolean closed;

    Link(String shown, Opening<C> opening) {
        this.shown = shown;
        this.opening = opening;
    }

    /** Threads for calls that block: interrupting one ends its call at once, which on a platform thread it would not. */
    ExecutorService threads() {
        return threads;
    }

    /** What is in use, or null. Never blocks. */
    @Nullable
    C current() {
        return current;
    }

    /** What is in use, made anew if need be; within 5 s. */
    C open() throws TransientException, InterruptedException {
        C known = current;
        if (known != null) {
            return known;
        }
        long asked = System.nanoTime();
        if (!lock.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw late();
        }
        try {
            known = current;
            if (known != null) {
                return known;
            }
            Failure failure = lastFailure;
            if (failure != null && failure.at() - asked > 0) { // another thread tried while this one waited
                throw failure.why();
            }
            return connect();
        } catch (TransientException e) {
            lastFailure = new Failure(System.nanoTime(), e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private C connect() throws TransientException, InterruptedException {
        if (closed) {
            throw TransientException.outage("the connection to " + shown + " is closed");
        }
        AtomicBoolean abandoned = new AtomicBoolean();
        Future<C> attempt = threads.submit(() -> {
            C opened = opening.open();
            if (abandoned.get()) {
                quietly(opened);
            }
            return opened;
        });
        try {
            C opened = attempt.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            current = opened;
            if (closed) { // close() came in between and has not seen it
                quietly(opened);
            }
            return opened;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TransientException outage) {
                throw outage;
            }
            throw new IllegalStateException("connecting to " + shown + " failed", e.getCause());
        } catch (TimeoutException e) {
            throw late();
        } finally {
            abandoned.set(true);
            attempt.cancel(true);
        }
    }

    private TransientException late() {
        return TransientException.outage(shown + " does not answer within " + PATIENCE.toMillis()
                + " ms: wrong host, region or proxy, or no credentials?");
    }

    /** Forgets {@code broken}: what is opened next reads credentials anew. */
    void drop(C broken) {
        lock.lock();
        try {
            if (broken.equals(current)) {
                current = null;
                quietly(broken);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void quietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) { // what close declares; these do not throw
            throw new IllegalStateException(e);
        }
    }

    /** Ends calls under way; {@link #open} fails from now on. Safe twice. */
    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        C known = current;
        current = null;
        if (known != null) {
            quietly(known);
        }
    }
}
