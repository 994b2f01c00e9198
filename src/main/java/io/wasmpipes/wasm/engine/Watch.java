package io.wasmpipes.wasm.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The deadline of one guest. The state is the deadline while the guest runs, so that a stale compare-and-set of the
 * watchdog fails; whoever changes it first decides whether the guest left or expired. After an expiry the lane waits for
 * the interrupt to be delivered, so that none arrives later, and clears it.
 */
final class Watch implements AutoCloseable {
    private static final long LEFT = 0;
    private static final long EXPIRED = -1;
    private static final long INTERRUPTED = -2;

    private final Watchdog watchdog;
    private final AtomicLong state = new AtomicLong(LEFT);
    private Thread thread = Thread.currentThread(); // published by the write of the state
    private long left;

    Watch(Watchdog watchdog) {
        this.watchdog = watchdog;
    }

    /** The calling thread enters the guest for at most {@code nanos}. */
    void enter(long nanos) {
        thread = Thread.currentThread();
        long deadline = watchdog.now() + Math.max(0, nanos);
        state.set(deadline);
        watchdog.expect(deadline);
    }

    /** The guest was left, for good. Returns whether its time had expired; no interrupt of the watchdog remains. */
    boolean leave() {
        long deadline = state.get();
        return deadline <= 0 ? expired(deadline) : !state.compareAndSet(deadline, LEFT) && expired(EXPIRED);
    }

    @SuppressWarnings("ThreadPriorityCheck") // the watchdog is between two lines of code
    private boolean expired(long seen) {
        if (seen == LEFT) {
            return false;
        }
        while (state.get() != INTERRUPTED) {
            Thread.yield();
        }
        state.set(LEFT);
        Thread.interrupted();
        return true;
    }

    /** The guest waits for its host. Returns whether its time had expired. */
    boolean pause() {
        left = state.get() - watchdog.now();
        return leave();
    }

    /** The guest goes on with the time it had. */
    void resume() {
        enter(left);
    }

    /** Called by the watchdog. Returns when to come back. */
    long expireIfDue() {
        long deadline = state.get();
        if (deadline <= 0) {
            return Long.MAX_VALUE;
        }
        if (watchdog.now() < deadline) {
            return deadline;
        }
        Thread guest = thread;
        if (state.compareAndSet(deadline, EXPIRED)) {
            guest.interrupt();
            state.set(INTERRUPTED);
            return Long.MAX_VALUE;
        }
        return watchdog.now(); // it has just left or entered anew: look again
    }

    @Override
    public void close() {
        watchdog.remove(this);
    }
}
