package io.wasmpipes.adapter.mem;

import io.wasmpipes.Demand;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one topic that nobody has settled, in order of arrival. A message that is handed back stands before
 * every later one, and holds them up until its delay is over, so that order survives. Any thread.
 */
public final class MemTopic {
    /** Above this many messages or bytes a topic is full: a pipe must not grow without end because nobody reads. */
    private static final int MAX_MESSAGES = 1_000_000;

    private static final long MAX_BYTES = 64L << 20;

    /** One message and how often it went out. Guarded by the topic's lock. */
    static final class Entry {
        final long sequence;
        final Message message;
        int attempts;
        long notBefore;

        @Nullable
        MemDelivery holder;

        Entry(long sequence, Message message) {
            this.sequence = sequence;
            this.message = message;
        }
    }

    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeMap<Long, Entry> ready = new TreeMap<>();
    private final TreeMap<Long, Entry> held = new TreeMap<>();
    private long lastSequence;
    private long bytes;

    /** At most the end of the first lease to end; means nothing while none is held. */
    private long earliestLeaseEnd;

    MemTopic(String name) {
        this.name = name;
    }

    /** Adds a message with the id {@code topic-sequence}; false if the topic is full. */
    public boolean add(Message message) {
        lock.lock();
        try {
            long size = message.size();
            if (ready.size() + held.size() >= MAX_MESSAGES || (bytes > 0 && bytes + size > MAX_BYTES)) {
                return false;
            }
            long sequence = ++lastSequence;
            bytes += size;
            ready.put(sequence, new Entry(sequence, message.withId(new Id(name + "-" + sequence))));
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What waits to be received, in order. */
    public List<Message> messages() {
        lock.lock();
        try {
            return ready.values().stream().map(e -> e.message).toList();
        } finally {
            lock.unlock();
        }
    }

    /** How many messages are received and not settled. */
    public int unsettled() {
        lock.lock();
        try {
            return held.size();
        } finally {
            lock.unlock();
        }
    }

    OptionalLong waiting() {
        lock.lock();
        try {
            return OptionalLong.of(ready.size());
        } finally {
            lock.unlock();
        }
    }

    /** Waits for messages and hands them to {@code source} until {@code lease} has passed. */
    List<MemDelivery> take(MemSource source, Demand demand, Duration lease) throws InterruptedException {
        long deadline = System.nanoTime() + demand.patience().toNanos();
        lock.lockInterruptibly();
        try {
            while (!source.closed()) {
                long now = System.nanoTime();
                expire(now);
                List<MemDelivery> taken = takeReady(source, demand, now, now + lease.toNanos());
                if (!taken.isEmpty() || now - deadline >= 0) {
                    return taken;
                }
                changed.awaitNanos(untilNextChange(now, deadline));
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private List<MemDelivery> takeReady(MemSource source, Demand demand, long now, long leaseEnd) {
        List<MemDelivery> taken = new ArrayList<>();
        long sum = 0;
        while (!ready.isEmpty()) {
            Entry entry = ready.firstEntry().getValue();
            long size = entry.message.size();
            if ((entry.attempts > 0 && entry.notBefore - now > 0) || !demand.admits(size, taken.size(), sum)) {
                break;
            }
            ready.pollFirstEntry();
            sum += size;
            entry.attempts++;
            MemDelivery delivery = new MemDelivery(this, source, entry, leaseEnd);
            entry.holder = delivery;
            held.put(entry.sequence, entry);
            earliestLeaseEnd = held.size() == 1 ? leaseEnd : Math.min(earliestLeaseEnd, leaseEnd);
            taken.add(delivery);
        }
        return taken;
    }

    private long untilNextChange(long now, long deadline) {
        long wait = deadline - now;
        if (!ready.isEmpty() && ready.firstEntry().getValue().attempts > 0) {
            wait = Math.min(wait, Math.max(1, ready.firstEntry().getValue().notBefore - now));
        }
        return held.isEmpty() ? wait : Math.min(wait, Math.max(1, earliestLeaseEnd - now));
    }

    /** Gives back what has lapsed, and of the same source what came behind it: that must not overtake. */
    private void expire(long now) {
        if (held.isEmpty() || earliestLeaseEnd - now > 0) {
            return;
        }
        Set<MemSource> late = new HashSet<>();
        List<Entry> expired = new ArrayList<>();
        for (Entry entry : held.values()) {
            MemDelivery holder = entry.holder;
            if (holder != null && (late.contains(holder.source()) || holder.leaseEnd() - now <= 0)) {
                late.add(holder.source());
                expired.add(entry);
            }
        }
        expired.forEach(e -> giveBack(e, now));
        earliestLeaseEnd = held.values().stream()
                .mapToLong(e -> e.holder == null ? Long.MAX_VALUE : e.holder.leaseEnd())
                .min()
                .orElse(0);
    }

    /** Ends {@code delivery} if it still holds its message; true if it did. */
    boolean settle(MemDelivery delivery) {
        return change(delivery, entry -> bytes -= entry.message.size());
    }

    /** Hands the message of {@code delivery} back, if it still holds it; true if it did. */
    boolean giveBack(MemDelivery delivery, Duration delay) {
        return change(delivery, entry -> giveBack(entry, System.nanoTime() + delay.toNanos()));
    }

    private boolean change(MemDelivery delivery, Consumer<Entry> change) {
        lock.lock();
        try {
            Entry entry = delivery.entry();
            if (entry.holder != delivery) {
                return false;
            }
            held.remove(entry.sequence);
            entry.holder = null;
            change.accept(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(Entry entry, long notBefore) {
        held.remove(entry.sequence);
        entry.holder = null;
        entry.notBefore = notBefore;
        ready.put(entry.sequence, entry);
        changed.signalAll();
    }

    boolean isHeldBy(MemDelivery delivery) {
        lock.lock();
        try {
            expire(System.nanoTime());
            return delivery.entry().holder == delivery;
        } finally {
            lock.unlock();
        }
    }

    /** Gives back whatever {@code source} holds and wakes it up. */
    void leave(MemSource source) {
        lock.lock();
        try {
            long now = System.nanoTime();
            List<Entry> left = held.values().stream()
                    .filter(e -> e.holder != null && e.holder.source() == source)
                    .toList();
            left.forEach(e -> giveBack(e, now));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
