package io.wasmpipes.wasm.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the memories of all guests may take of the heap together, so that guests which allocate without end cannot starve
 * the rest of the process, however many lanes they run in. Any thread.
 */
final class MemoryBudget {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long limit) {
        this.limit = limit;
    }

    /** Takes {@code bytes} if there are so many left. */
    boolean reserve(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
