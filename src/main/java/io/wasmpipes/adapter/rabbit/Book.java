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
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The unacknowledged deliveries of one channel by their tags: ready to be taken, in hand, or on their way back. Where order
 * counts, what comes or is in hand behind a delivery that goes back goes back with it. Any thread.
 */
final class Book {
    private final boolean ordered;
    private final Prefetch prefetches;
    private final long roof;
    private final ArrayDeque<RabbitDelivery> ready = new ArrayDeque<>();
    private final TreeMap<Long, RabbitDelivery> unsettled = new TreeMap<>();
    private final TreeSet<Long> returning = new TreeSet<>();
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

    /** Enters a delivery; false if more bytes wait to be taken than a pipe may hold. */
    synchronized boolean arrived(RabbitDelivery delivery) {
        prefetches.measure(delivery.size());
        outstanding++;
        full |= outstanding >= prefetch;
        notifyAll();
        if (ordered && !returning.isEmpty()) {
            delivery.end();
            returning.add(delivery.tag());
            return true;
        }
        unsettled.put(delivery.tag(), delivery);
        ready.addLast(delivery);
        readyBytes += delivery.size();
        return readyBytes <= roof || ready.size() == 1;
    }

    /** Takes what the demand admits of what is ready. */
    synchronized List<Delivery> take(Demand demand) {
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
    }

    /** Waits until something has happened since the last call, at most so long. */
    synchronized void await(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; !woken && ready.isEmpty() && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        woken = false;
    }

    synchronized boolean anyReady() {
        return !ready.isEmpty();
    }

    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** The prefetch of the consumer that is needed for {@code demand}, empty if there is no need of another. */
    synchronized OptionalInt change(Demand demand) {
        if (changing || (ordered && !returning.isEmpty())) {
            return OptionalInt.empty();
        }
        int used = full ? prefetch : outstanding;
        OptionalInt next = prefetches.next(new Prefetch.Stand(prefetch, used, unsettled.size(), ready.size()), demand);
        changing = next.isPresent();
        return next;
    }

    /**
     * Waits, while nothing is answered, until the consumer has all that it may have: then nothing is on its way to it. False
     * if the queue has no more, or at an interruption.
     */
    synchronized boolean awaitFull(long nanos) {
        long end = System.nanoTime() + nanos;
        try {
            for (long left = nanos; outstanding < prefetch && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        full = outstanding >= prefetch;
        return full;
    }

    /** Whether nothing is in hand any more but what goes back. */
    synchronized boolean onlyReturning() {
        return unsettled.isEmpty();
    }

    /** Whether nothing may come because something goes back first. */
    synchronized boolean paused() {
        return ordered && !returning.isEmpty();
    }

    /** The change asked for is not made. */
    synchronized void unchanged() {
        changing = false;
    }

    /** There is a new consumer; what comes from now on is its. */
    synchronized void changed(int newPrefetch, long lastTag) {
        prefetch = newPrefetch;
        consumerStart = lastTag + 1;
        outstanding = 0;
        full = false;
        changing = false;
    }

    /** Claims what may still be settled. The caller keeps claims and answers in one order. */
    synchronized Answers claim(Tap tap, List<Settled> settled) {
        Answers answers = new Answers(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        long first = Long.MAX_VALUE;
        for (Settled each : settled) {
            if (!(each.delivery() instanceof RabbitDelivery delivery) || !delivery.of(tap) || !delivery.claim()) {
                continue;
            }
            long tag = delivery.tag();
            unsettled.remove(tag);
            switch (each.settlement()) {
                case Settlement.Done _ -> {
                    answers.acks().add(tag);
                    gone(tag);
                }
                case Settlement.Reject _ -> {
                    answers.rejects().add(tag);
                    gone(tag);
                }
                case Settlement.Retry(Duration delay, Throwable _) -> {
                    answers.backs().add(new Answers.Back(tag, delay));
                    returning.add(tag);
                    first = Math.min(first, tag);
                }
            }
        }
        returnBehind(first);
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
        returning.addAll(behind.keySet());
        behind.clear();
        ready.removeIf(delivery -> !delivery.live());
        readyBytes = ready.stream().mapToLong(RabbitDelivery::size).sum();
    }

    /** Puts what has been unsettled for too long on its way back; the tags. */
    synchronized List<Long> lapse(long now) {
        List<RabbitDelivery> stale =
                unsettled.values().stream().filter(d -> d.stale(now)).toList();
        List<Long> tags = new ArrayList<>();
        for (RabbitDelivery delivery : stale) {
            tags.add(delivery.tag());
            unsettled.remove(delivery.tag());
            delivery.end();
            returning.add(delivery.tag());
        }
        returnBehind(tags.isEmpty() ? Long.MAX_VALUE : tags.getFirst());
        return tags;
    }

    /** Below this tag nothing is unacknowledged. */
    synchronized long lowest() {
        long a = unsettled.isEmpty() ? Long.MAX_VALUE : unsettled.firstKey();
        long b = returning.isEmpty() ? Long.MAX_VALUE : returning.first();
        return Math.min(a, b);
    }

    /** Takes one that is on its way back; false if it has gone already. */
    synchronized boolean takeReturning(long tag) {
        boolean found = returning.remove(tag);
        if (found) {
            gone(tag);
        }
        return found;
    }
}
