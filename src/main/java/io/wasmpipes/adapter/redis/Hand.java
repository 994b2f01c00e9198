package io.wasmpipes.adapter.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What this consumer holds: deliveries in hand, and entries that are to be delivered again once their time has come. In an
 * ordered hand an entry to be delivered again holds up every later one. Any thread.
 */
final class Hand {
    /** An entry to deliver again: when, and as which delivery. */
    private record Again(long due, int attempt) {}

    /** What to ask the server for. */
    record Due(EntryId id, int attempt) {}

    private final boolean ordered;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeMap<EntryId, RedisDelivery> held = new TreeMap<>();
    private final TreeMap<EntryId, Again> again = new TreeMap<>();
    private long handedBack;
    private boolean closed;

    Hand(boolean ordered) {
        this.ordered = ordered;
    }

    /** Takes a delivery in, unless its entry waits for its time or stands behind one that does. */
    boolean add(RedisDelivery delivery, long now) {
        lock.lock();
        try {
            Again waiting = again.get(delivery.id());
            if (waiting != null && waiting.due() - now > 0) {
                return false;
            }
            again.remove(delivery.id());
            if (ordered && again.lowerKey(delivery.id()) != null) {
                again.put(delivery.id(), new Again(now, delivery.attempt()));
                return false;
            }
            RedisDelivery old = held.put(delivery.id(), delivery);
            if (old != null) {
                old.lease().lose();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** An entry of ours that we do not know: it came in an answer that was lost, or in an earlier life. */
    void found(EntryId id, int delivered, long now) {
        lock.lock();
        try {
            if (!held.containsKey(id)) {
                again.putIfAbsent(id, new Again(now, delivered + 1));
            }
        } finally {
            lock.unlock();
        }
    }

    /** It is settled, or nobody's. */
    void forget(EntryId id) {
        lock.lock();
        try {
            again.remove(id);
            RedisDelivery known = held.remove(id);
            if (known != null) {
                known.lease().lose();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Hands it back; in an ordered hand the later ones too, as not delivered. */
    void giveBack(RedisDelivery delivery, Duration delay) {
        lock.lock();
        try {
            if (!delivery.lease().claim()) {
                return;
            }
            held.remove(delivery.id(), delivery);
            long now = System.nanoTime();
            again.put(delivery.id(), new Again(now + delay.toNanos(), delivery.attempt() + 1));
            if (ordered) {
                List<RedisDelivery> later =
                        List.copyOf(held.tailMap(delivery.id(), false).values());
                for (RedisDelivery each : later) {
                    if (each.lease().claim()) {
                        held.remove(each.id());
                        again.put(each.id(), new Again(now, each.attempt()));
                    }
                }
            }
            handedBack++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing new may be taken. */
    boolean holdsUp() {
        lock.lock();
        try {
            return ordered && !again.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** What is to be delivered again now, in order. */
    List<Due> due(long now, int max) {
        lock.lock();
        try {
            List<Due> due = new ArrayList<>();
            for (var each : again.entrySet()) {
                boolean ripe = each.getValue().due() - now <= 0;
                if (due.size() == max || (ordered && !ripe)) {
                    break;
                }
                if (ripe) {
                    due.add(new Due(each.getKey(), each.getValue().attempt()));
                }
            }
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** Nanoseconds until something is due; {@code most} if nothing is before. */
    long untilDue(long now, long most) {
        lock.lock();
        try {
            long wait = most;
            for (Again each : again.values()) {
                wait = Math.min(wait, Math.max(0, each.due() - now));
                if (ordered) {
                    break;
                }
            }
            return wait;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something is handed back, or the end, or {@code nanos}. */
    void await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long seen = handedBack;
            long left = nanos;
            while (!closed && seen == handedBack && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The entries whose lease is to be kept; what has lapsed is let go. */
    List<EntryId> toKeep(long now) {
        lock.lock();
        try {
            held.values().removeIf(delivery -> !delivery.live());
            List<EntryId> ids = new ArrayList<>(again.keySet());
            held.values().stream().filter(d -> d.lease().mayKeep(now)).forEach(d -> ids.add(d.id()));
            return ids;
        } finally {
            lock.unlock();
        }
    }

    void kept(List<EntryId> ids, long leaseEnd) {
        lock.lock();
        try {
            for (EntryId id : ids) {
                RedisDelivery delivery = held.get(id);
                if (delivery != null) {
                    delivery.lease().extend(leaseEnd);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
