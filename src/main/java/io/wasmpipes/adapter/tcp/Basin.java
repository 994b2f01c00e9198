package io.wasmpipes.adapter.tcp;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What all connections have brought and nobody has taken, within the last demand: who brings more has to wait. Any thread. */
final class Basin {
    /** A message of one connection, which is its order. */
    private record Framed(Message message, String connection) implements Delivery {
        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public boolean live() {
            return true;
        }

        @Override
        public String orderKey() {
            return connection;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrival = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Framed> waiting = new ArrayDeque<>();
    private @Nullable Demand demand;
    private long bytes;
    private boolean closed;

    /** Brings one; waits until there is room. False once closed. */
    boolean offer(Bytes body, String connection) throws InterruptedException {
        Message message = Message.of(body);
        lock.lockInterruptibly();
        try {
            while (!closed && !fits(message.size())) {
                room.await();
            }
            if (!closed) {
                waiting.addLast(new Framed(message, connection));
                bytes += message.size();
                arrival.signal();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** One may always wait, so that its size is known. */
    private boolean fits(long size) {
        Demand last = demand;
        return waiting.isEmpty() || (last != null && last.admits(size, waiting.size(), bytes));
    }

    /** Takes what the demand admits; waits until {@code end} for something to come. */
    List<Delivery> take(Demand wanted, long end) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            demand = wanted;
            room.signalAll();
            while (waiting.isEmpty() && !closed) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return List.of();
                }
                var _ = arrival.awaitNanos(left);
            }
            List<Delivery> taken = taken(wanted);
            room.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Whether something waits for which there was no room. */
    boolean anyWaiting() {
        lock.lock();
        try {
            return !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private List<Delivery> taken(Demand wanted) {
        List<Delivery> taken = new ArrayList<>();
        long sum = 0;
        while (!waiting.isEmpty() && wanted.admits(waiting.getFirst().message().size(), taken.size(), sum)) {
            Framed next = waiting.removeFirst();
            bytes -= next.message().size();
            sum += next.message().size();
            taken.add(next);
        }
        return taken;
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            arrival.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
