package io.wasmpipes.adapter.mqtt;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one session has brought and nobody has acknowledged. MQTT cannot hand back, so a message that is to come again waits
 * here; where order counts, what is behind it waits with it. Any thread.
 */
final class Hand {
    /** A delivery to come, and when. */
    private record Back(MqttDelivery delivery, long due) {}

    private final boolean ordered;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final ArrayDeque<MqttDelivery> ready = new ArrayDeque<>();
    private final TreeMap<Long, MqttDelivery> unsettled = new TreeMap<>();
    private final TreeMap<Long, Back> returning = new TreeMap<>();
    private long numbers;
    private long readyBytes;
    private boolean woken;

    Hand(boolean ordered) {
        this.ordered = ordered;
    }

    /** The bytes that are ready to be taken. */
    long readyBytes() {
        lock.lock();
        try {
            return readyBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Enters what has come. */
    void arrived(Protocol.Arrived arrived, Session session) {
        lock.lock();
        try {
            MqttDelivery delivery = new MqttDelivery(arrived, ++numbers, 1, session);
            if (ordered && !returning.isEmpty()) {
                returning.put(
                        delivery.number(),
                        new Back(delivery, returning.firstEntry().getValue().due()));
            } else {
                enter(delivery);
            }
        } finally {
            lock.unlock();
        }
    }

    private void enter(MqttDelivery delivery) {
        unsettled.put(delivery.number(), delivery);
        ready.addLast(delivery);
        readyBytes += delivery.message().size();
        news.signalAll();
    }

    /** Takes what the demand admits; waits until {@code end} for something to come. */
    List<Delivery> take(Demand demand, long end) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long next = release(System.nanoTime());
                List<Delivery> taken = taken(demand);
                long left = Math.min(end, next) - System.nanoTime();
                if (!taken.isEmpty() || !ready.isEmpty() || woken || end - System.nanoTime() <= 0) {
                    woken = false;
                    return taken;
                }
                var _ = news.awaitNanos(Math.max(1, left));
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Delivery> taken(Demand demand) {
        List<Delivery> taken = new ArrayList<>();
        long sum = 0;
        while (!ready.isEmpty() && demand.admits(ready.getFirst().message().size(), taken.size(), sum)) {
            MqttDelivery next = ready.removeFirst();
            long size = next.message().size();
            readyBytes -= size;
            if (next.live()) {
                taken.add(next);
                sum += size;
            }
        }
        return taken;
    }

    /** Makes ready what is due: one by one, or all together where order counts. When the next one is due. */
    private long release(long now) {
        long latest = returning.values().stream().mapToLong(Back::due).max().orElse(now);
        if (ordered && latest - now > 0) {
            return latest;
        }
        long next = Long.MAX_VALUE;
        Iterator<Back> all = returning.values().iterator();
        while (all.hasNext()) {
            Back back = all.next();
            if (back.due() - now <= 0) {
                all.remove();
                enter(back.delivery());
            } else {
                next = Math.min(next, back.due());
            }
        }
        return next;
    }

    /** Whether something is ready for which there was no room. */
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

    /** Acknowledges, or keeps to come again. */
    void settle(List<Settled> settled) {
        lock.lock();
        try {
            long first = Long.MAX_VALUE;
            long latest = 0;
            for (Settled each : settled) {
                if (!(each.delivery() instanceof MqttDelivery delivery)
                        || !delivery.equals(unsettled.get(delivery.number()))
                        || !delivery.claim()) {
                    continue;
                }
                unsettled.remove(delivery.number());
                switch (each.settlement()) {
                    case Settlement.Done _, Settlement.Reject _ -> delivery.acknowledge();
                    case Settlement.Retry(Duration delay, Throwable _) -> {
                        latest = System.nanoTime() + delay.toNanos();
                        returning.put(delivery.number(), new Back(delivery.again(true), latest));
                        first = Math.min(first, delivery.number());
                    }
                }
            }
            if (ordered && first < Long.MAX_VALUE) {
                returnBehind(first, latest);
            }
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void returnBehind(long first, long due) {
        NavigableMap<Long, MqttDelivery> behind = unsettled.tailMap(first, false);
        for (MqttDelivery delivery : behind.values()) {
            delivery.end();
            returning.put(delivery.number(), new Back(delivery.again(false), due));
        }
        behind.clear();
        ready.removeIf(delivery -> !delivery.live());
        readyBytes = ready.stream().mapToLong(d -> d.message().size()).sum();
    }
}
