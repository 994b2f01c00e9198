package io.wasmpipes.pipe;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A queue that counts deliveries and gives again what is handed back. */
final class ScriptedQueue implements Source {
    private final DelayQueue<Waiting> waiting = new DelayQueue<>();
    final Map<String, List<Settlement>> settlements = new ConcurrentHashMap<>();
    final AtomicInteger receives = new AtomicInteger();
    volatile boolean live = true;
    volatile boolean lastAttempt;
    volatile boolean ended;
    volatile Runnable beforeReceive = () -> {};

    void add(Message message) {
        add(message, 1);
    }

    void add(Message message, int attempt) {
        waiting.add(new Waiting(message, attempt, 0));
    }

    @Override
    public void connect() {}

    @Override
    public List<Delivery> receive(Demand demand) throws InterruptedException {
        receives.incrementAndGet();
        beforeReceive.run();
        List<Delivery> out = new ArrayList<>();
        Waiting next = ended ? waiting.poll() : waiting.poll(20, TimeUnit.MILLISECONDS);
        long bytes = 0;
        while (next != null && demand.admits(next.message.size(), out.size(), bytes)) {
            bytes += next.message.size();
            out.add(next);
            next = waiting.poll();
        }
        if (next != null) {
            waiting.add(next);
        }
        return out;
    }

    @Override
    public boolean exhausted() {
        return ended && waiting.isEmpty();
    }

    @Override
    public void settle(List<Settled> settled) {
        for (Settled each : settled) {
            String name = each.delivery().message().body().utf8();
            settlements.computeIfAbsent(name, n -> new CopyOnWriteArrayList<>()).add(each.settlement());
            if (each.settlement() instanceof Settlement.Retry(var delay, var why)) {
                waiting.add(new Waiting(
                        each.delivery().message(), each.delivery().attempt() + 1, System.nanoTime() + delay.toNanos()));
            }
        }
    }

    List<Settlement> of(String body) {
        return settlements.getOrDefault(body, List.of());
    }

    boolean done(String body) {
        return of(body).stream().anyMatch(s -> s instanceof Settlement.Done);
    }

    @Override
    public void close() {}

    private final class Waiting implements Delivery, Delayed {
        final Message message;
        final int attempt;
        final long notBefore;

        Waiting(Message message, int attempt, long notBefore) {
            this.message = message;
            this.attempt = attempt;
            this.notBefore = notBefore;
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public boolean last() {
            return lastAttempt;
        }

        @Override
        public boolean live() {
            return live;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(notBefore - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
