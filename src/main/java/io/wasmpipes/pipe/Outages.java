package io.wasmpipes.pipe;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Which ends are away, and who noticed. While any is, the intake asks for nothing. Thread-safe. */
final class Outages {
    private record Outage(long sinceNanos, String why, Set<Object> witnesses) {}

    private final PipeEvents events;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition over = lock.newCondition();
    private final Map<String, Outage> current = new LinkedHashMap<>();

    Outages(PipeEvents events) {
        this.events = events;
    }

    void begin(String end, String why, Object witness) {
        boolean news;
        lock.lock();
        try {
            Outage known = current.get(end);
            news = known == null;
            if (known == null) {
                known = new Outage(System.nanoTime(), why, new HashSet<>());
                current.put(end, known);
            }
            known.witnesses().add(witness);
        } finally {
            lock.unlock();
        }
        if (news) {
            events.outage(end, why);
        }
    }

    /** {@code witness} has seen {@code end} work; the outage is over once all who noticed it have. */
    void end(String end, Object witness) {
        Outage ended = null;
        lock.lock();
        try {
            Outage known = current.get(end);
            if (known != null
                    && known.witnesses().remove(witness)
                    && known.witnesses().isEmpty()) {
                ended = current.remove(end);
                over.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (ended != null) {
            events.recovered(end, Duration.ofNanos(System.nanoTime() - ended.sinceNanos()));
        }
    }

    /** {@code end} has answered: the outage is over, whoever noticed it. */
    void over(String end) {
        Outage ended = null;
        lock.lock();
        try {
            ended = current.remove(end);
            if (ended != null) {
                over.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (ended != null) {
            events.recovered(end, Duration.ofNanos(System.nanoTime() - ended.sinceNanos()));
        }
    }

    /** Waits at most {@code nanos} for all to be over; the name of an end that is away, or null. */
    @Nullable
    String await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!current.isEmpty() && left > 0) {
                left = over.awaitNanos(left);
            }
            return current.isEmpty() ? null : current.keySet().iterator().next();
        } finally {
            lock.unlock();
        }
    }

    Map<String, String> why() {
        lock.lock();
        try {
            Map<String, String> reasons = new HashMap<>();
            current.forEach((end, outage) -> reasons.put(end, outage.why()));
            return reasons;
        } finally {
            lock.unlock();
        }
    }
}
