package io.wasmpipes.pipe;

import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the pipe holds, in messages and bytes. Inputs are taken before they are asked for again; outputs may overdraw it. */
final class Budget {
    private final Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private int messages;
    private long bytes;

    Budget(Limits limits) {
        this.limits = limits;
    }

    /** Waits at most {@code patience} for room; null if there is none yet. */
    @Nullable
    Demand demand(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (messages >= limits.maxInFlight() || bytes >= limits.maxInFlightBytes()) {
                if (left <= 0) {
                    return null;
                }
                left = returned.awaitNanos(left);
            }
            return new Demand(
                    limits.maxInFlight() - messages, limits.maxInFlightBytes() - bytes, messages == 0, patience);
        } finally {
            lock.unlock();
        }
    }

    void take(int moreMessages, long moreBytes) {
        lock.lock();
        try {
            messages += moreMessages;
            bytes += moreBytes;
        } finally {
            lock.unlock();
        }
    }

    void giveBack(int fewerMessages, long fewerBytes) {
        lock.lock();
        try {
            messages -= fewerMessages;
            bytes -= fewerBytes;
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether outputs have overdrawn it: a lane then sends what it has before it makes more. */
    boolean overdrawn() {
        return bytes() > limits.maxInFlightBytes();
    }

    int messages() {
        lock.lock();
        try {
            return messages;
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything has been given back, at most {@code patience}. */
    boolean empty(long patience, TimeUnit unit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = unit.toNanos(patience);
            while (messages > 0 && left > 0) {
                left = returned.awaitNanos(left);
            }
            return messages == 0;
        } finally {
            lock.unlock();
        }
    }
}
