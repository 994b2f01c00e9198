package io.wasmpipes.wasm.engine;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the memories of all guests may take of the heap together, so that guests which allocate without end cannot starve
 * the rest of the process, however many lanes they run in. Any thread.
 */
public final class MemoryBudget {
    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final ReentrantLock moving = new ReentrantLock();

    /** @param limit bytes */
    public MemoryBudget(long limit) {
        this.limit = limit;
    }

    /** Takes {@code bytes} if there are so many left. */
    public boolean reserve(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** A longer copy of a memory: one at a time, for old and new are on the heap together and only one of them is counted. */
    byte[] move(byte[] memory, int length) {
        moving.lock();
        try {
            return Arrays.copyOf(memory, length);
        } finally {
            moving.unlock();
        }
    }

    /** Gives back what was taken. */
    public void release(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Bytes that are taken. */
    public long used() {
        return used.get();
    }
}
