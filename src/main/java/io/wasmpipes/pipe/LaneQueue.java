package io.wasmpipes.pipe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for a lane; bounded by the budget. The intake adds, the lane takes; closed by the intake. */
final class LaneQueue {
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;

    void addAll(Collection<Item> more) {
        lock.lock();
        try {
            items.addAll(more);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Takes what is there, up to {@code max}; waits up to {@code nanos} for a first one. */
    List<Item> take(int max, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (items.isEmpty() && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            int count = Math.min(max, items.size());
            List<Item> taken = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                taken.add(items.removeFirst());
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Takes everything that must not overtake {@code item}. */
    List<Item> takeBehind(Item item) {
        lock.lock();
        try {
            List<Item> behind = new ArrayList<>();
            for (Iterator<Item> all = items.iterator(); all.hasNext(); ) {
                Item next = all.next();
                if (next.follows(item)) {
                    behind.add(next);
                    all.remove();
                }
            }
            return behind;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing more comes in. */
    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    boolean isDone() {
        lock.lock();
        try {
            return closed && items.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
