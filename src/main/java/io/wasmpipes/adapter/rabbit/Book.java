package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The unacknowledged deliveries of one channel by their tags: ready to be taken, in hand, or on their way back. Where order
 * counts, what comes or is in hand behind a delivery that goes back goes back with it. Any thread.
 */
final class Book {
    private final boolean ordered;
    private final Prefetch prefetches;
    private final long roof;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final ArrayDeque<RabbitDelivery> ready = new ArrayDeque<>();
    private final TreeMap<Long, RabbitDelivery> unsettled = new TreeMap<>();
    private final TreeMap<Long, RabbitDelivery> returning = new TreeMap<>();
    private long readyBytes;
    private long consumerStart;
    private int prefetch;
    private int outstanding;
    private boolean full;
    private boolean changing;
    private boolean woken;

    Book(boolean ordered, Prefetch prefetches, Limits limits) {
        this.ordered = ordered;
        this.prefetches = prefetches;
        this.roof = limits.maxInFlightBytes();
    }

    /** A delivery that goes back after a while. */
    record Back(long tag, Duration delay) {}

    /** What the server is to be told. */
    record Answers(List<Long> acks, List<Long> rejects, List<Back> backs) {}

    /** Enters a delivery; false if more bytes wait to be taken than a pipe may hold. */
    boolean arrived(RabbitDelivery delivery) {
        lock.lock();
        try {
            prefetches.measure(delivery.size());
            outstanding++;
            full |= outstanding >= prefetch;
            if (ordered && !returning.isEmpty()) {
                delivery.end();
                returning.put(delivery.tag(), delivery);
                return true;
            }
            unsettled.put(delivery.tag(), delivery);
            ready.addLast(delivery);
            readyBytes += delivery.size();
            news.signalAll();
            return readyBytes <= roof || ready.size() == 1;
        } finally {
            lock.unlock();
        }
    }

    /** Takes what the demand admits of what is ready. */
    List<Delivery> take(Demand demand) {
        lock.lock();
        try {
            List<Delivery> taken = new ArrayList<>();
            long sum = 0;
            while (!ready.isEmpty()) {
                RabbitDelivery next = ready.getFirst();
                if (next.live() && !demand.admits(next.size(), taken.size(), sum)) {
                    break;
                }
                ready.removeFirst();
                readyBytes -= next.size();
                if (next.live()) {
                    taken.add(next);
                    sum += next.size();
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something has happened since the last call, at most so long. */
    void await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!woken && ready.isEmpty() && left > 0) {
                left = news.awaitNanos(left);
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    boolean anyReady() {
        lock.lock();
        try {
            return !ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            woken = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The prefetch of the consumer that is needed for {@code demand}, empty if there is no need of another. */
    OptionalInt change(Demand demand) {
        lock.lock();
        try {
            if (changing || (ordered && !returning.isEmpty())) {
                return OptionalInt.empty();
            }
            int used = full ? prefetch : outstanding;
            OptionalInt next =
                    prefetches.next(new Prefetch.Stand(prefetch, used, unsettled.size(), ready.size()), demand);
            changing = next.isPresent();
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing may come because something goes back first. */
    boolean paused() {
        lock.lock();
        try {
            return ordered && !returning.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The change asked for is not made. */
    void unchanged() {
        lock.lock();
        try {
            changing = false;
        } finally {
            lock.unlock();
        }
    }

    /** There is a new consumer; what comes from now on is its. */
    void changed(int newPrefetch, long lastTag) {
        lock.lock();
        try {
            prefetch = newPrefetch;
            consumerStart = lastTag + 1;
            outstanding = 0;
            full = false;
            changing = false;
        } finally {
            lock.unlock();
        }
    }

    /** Claims what may still be settled. The caller keeps claims and answers in one order. */
    Answers claim(Tap tap, List<Settled> settled) {
        Answers answers = new Answers(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        lock.lock();
        try {
            long first = Long.MAX_VALUE;
            for (Settled each : settled) {
                if (!(each.delivery() instanceof RabbitDelivery delivery) || !delivery.of(tap) || !delivery.claim()) {
                    continue;
                }
                long tag = delivery.tag();
                unsettled.remove(tag);
                switch (each.settlement()) {
                    case Settlement.Done _ -> {
                        answers.acks.add(tag);
                        gone(tag);
                    }
                    case Settlement.Reject _ -> {
                        answers.rejects.add(tag);
                        gone(tag);
                    }
                    case Settlement.Retry(Duration delay, Throwable _) -> {
                        answers.backs.add(new Back(tag, delay));
                        returning.put(tag, delivery);
                        first = Math.min(first, tag);
                    }
                }
            }
            returnBehind(first);
        } finally {
            lock.unlock();
        }
        return answers;
    }

    /** The server no longer counts it. */
    private void gone(long tag) {
        if (tag >= consumerStart) {
            outstanding--;
        }
    }

    private void returnBehind(long first) {
        if (!ordered || first == Long.MAX_VALUE) {
            return;
        }
        NavigableMap<Long, RabbitDelivery> behind = unsettled.tailMap(first, false);
        behind.values().forEach(RabbitDelivery::end);
        returning.putAll(behind);
        behind.clear();
        ready.removeIf(delivery -> !delivery.live());
        readyBytes = ready.stream().mapToLong(RabbitDelivery::size).sum();
    }

    /** Puts what has been unsettled for too long on its way back; the tags. */
    List<Long> lapse(long now) {
        lock.lock();
        try {
            List<RabbitDelivery> stale =
                    unsettled.values().stream().filter(d -> d.stale(now)).toList();
            List<Long> tags = new ArrayList<>();
            for (RabbitDelivery delivery : stale) {
                tags.add(delivery.tag());
                unsettled.remove(delivery.tag());
                delivery.end();
                returning.put(delivery.tag(), delivery);
            }
            returnBehind(tags.isEmpty() ? Long.MAX_VALUE : tags.getFirst());
            return tags;
        } finally {
            lock.unlock();
        }
    }

    /** Below this tag nothing is unacknowledged. */
    long lowest() {
        lock.lock();
        try {
            long a = unsettled.isEmpty() ? Long.MAX_VALUE : unsettled.firstKey();
            long b = returning.isEmpty() ? Long.MAX_VALUE : returning.firstKey();
            return Math.min(a, b);
        } finally {
            lock.unlock();
        }
    }

    /** Takes what is on its way back, to tell the server. */
    List<Long> takeReturning() {
        lock.lock();
        try {
            List<Long> tags = List.copyOf(returning.keySet());
            tags.forEach(this::gone);
            returning.clear();
            return tags;
        } finally {
            lock.unlock();
        }
    }

    /** Takes one that is on its way back; false if it has gone already. */
    boolean takeReturning(long tag) {
        lock.lock();
        try {
            boolean found = returning.remove(tag) != null;
            if (found) {
                gone(tag);
            }
            return found;
        } finally {
            lock.unlock();
        }
    }
}
