package io.wasmpipes.wasm.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Interrupts threads whose guests have used up their time; one platform thread for all of them, since a spinning guest
 * would starve anything scheduled beside it. It sleeps until the earliest deadline it knows and costs nothing while no
 * guest runs; {@link Watch} has the hand-over between it and a lane.
 */
final class Watchdog implements AutoCloseable {
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private final long origin = System.nanoTime();
    private volatile long wakeAt = Long.MAX_VALUE;
    private volatile boolean closed;

    Watchdog() {
        thread = Thread.ofPlatform().daemon().name("wasm-watchdog").start(this::watch);
    }

    /** Nanoseconds on a clock that is positive and only moves forward. */
    long now() {
        return System.nanoTime() - origin + 1;
    }

    Watch add() {
        Watch watch = new Watch(this);
        watches.add(watch);
        return watch;
    }

    void remove(Watch watch) {
        watches.remove(watch);
    }

    /** Tells that a watch has got this deadline. */
    void expect(long deadline) {
        if (deadline < wakeAt) {
            LockSupport.unpark(thread);
        }
    }

    private void watch() {
        while (!closed) {
            wakeAt = Long.MAX_VALUE; // whoever enters while the list is gone through wakes this thread again
            long next = Long.MAX_VALUE;
            for (Watch watch : watches) {
                next = Math.min(next, watch.expireIfDue());
            }
            wakeAt = next;
            if (next == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, Math.max(1, next - now()));
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
