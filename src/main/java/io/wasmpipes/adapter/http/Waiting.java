package io.wasmpipes.adapter.http;

import io.wasmpipes.Demand;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.adapter.http.Exchange.Stage;
import io.wasmpipes.adapter.http.HttpIngress.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All requests that were let in and are not settled, and the queue of those that wait for the pipe to ask. The
 * {@link Room} bounds them. Thread-safe; answers are given outside of the lock.
 */
final class Waiting {
    private static final Answer LATE = Answer.text(503, "not done in time").with("Retry-After", "1");
    private static final Answer SLOW =
            Answer.text(408, "the body did not come in time").closing();
    private static final Answer LEAVING =
            Answer.text(503, "going away").with("Retry-After", "1").closing();

    private final Room room;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrival = lock.newCondition();
    private final LinkedHashSet<Exchange> timed = new LinkedHashSet<>();
    private final ArrayDeque<Exchange> queue = new ArrayDeque<>();
    private boolean closed;

    Waiting(Room room, Duration timeout) {
        this.room = room;
        this.timeout = timeout;
    }

    /** Lets a request in that will take about so much room; null if there is none. */
    @Nullable
    Exchange enter(Headers headers, long size) {
        if (!room.enter(size)) {
            return null;
        }
        Exchange exchange = new Exchange(headers, System.nanoTime() + timeout.toNanos(), size, this::forget);
        lock.lock();
        try {
            if (closed) {
                room.leave(size);
                return null;
            }
            timed.add(exchange);
        } finally {
            lock.unlock();
        }
        return exchange;
    }

    /** Takes more room for a request whose body turns out larger, or gives some back; false if there is none or it is over. */
    boolean resize(Exchange exchange, long size) {
        lock.lock();
        try {
            long more = size - exchange.held;
            if (exchange.stage != Stage.READING || (more > 0 && !room.grow(more))) {
                return false;
            }
            if (more < 0) {
                room.shrink(-more);
            }
            exchange.held = size;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Queues a request that has been read. {@code timed}: whether its sender waits for the end. */
    void queue(Exchange exchange, Message message, boolean senderWaits) {
        resize(exchange, message.size());
        lock.lock();
        try {
            if (exchange.stage != Stage.READING) {
                return;
            }
            exchange.carry(message);
            exchange.stage = Stage.QUEUED;
            queue.add(exchange);
            if (!senderWaits) {
                timed.remove(exchange);
            }
            arrival.signal();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link io.wasmpipes.Source#receive}. */
    List<Exchange> take(Demand demand) throws InterruptedException {
        long left = demand.patience().toNanos();
        List<Exchange> taken = new ArrayList<>();
        lock.lockInterruptibly();
        try {
            poll(demand, taken);
            while (taken.isEmpty() && !closed && left > 0) {
                left = arrival.awaitNanos(left);
                poll(demand, taken);
            }
        } finally {
            lock.unlock();
        }
        return taken;
    }

    private void poll(Demand demand, List<Exchange> taken) {
        long sum = 0;
        for (Exchange head = queue.peek(); head != null; head = queue.peek()) {
            long size = head.message().size();
            if (!demand.admits(size, taken.size(), sum)) {
                return;
            }
            queue.poll();
            head.stage = Stage.HANDED;
            sum += size;
            taken.add(head);
        }
    }

    /** Ends an exchange: gives its room back and answers, unless its sender has had an answer. Twice is once. */
    void end(Exchange exchange, Answer answer) {
        lock.lock();
        try {
            if (exchange.stage == Stage.OVER) {
                return;
            }
            if (exchange.stage == Stage.QUEUED) {
                queue.remove(exchange);
            }
            over(exchange);
            timed.remove(exchange);
        } finally {
            lock.unlock();
        }
        exchange.answer.complete(answer);
    }

    private void forget(Exchange lapsed) {
        lock.lock();
        try {
            if (lapsed.stage == Stage.LAPSED) {
                lapsed.stage = Stage.OVER;
                room.leave(lapsed.held);
            }
        } finally {
            lock.unlock();
        }
    }

    private void over(Exchange exchange) {
        exchange.stage = Stage.OVER;
        room.leave(exchange.held);
    }

    /** Answers those whose time has passed. Those that the pipe has keep their room until it lets go of them. */
    void lapse() {
        long now = System.nanoTime();
        List<Exchange> slow = new ArrayList<>();
        List<Exchange> late = new ArrayList<>();
        lock.lock();
        try {
            Iterator<Exchange> oldest = timed.iterator();
            while (oldest.hasNext()) {
                Exchange exchange = oldest.next();
                if (exchange.deadline - now > 0) {
                    break;
                }
                oldest.remove();
                (exchange.stage == Stage.READING ? slow : late).add(exchange);
                expire(exchange);
            }
        } finally {
            lock.unlock();
        }
        slow.forEach(exchange -> exchange.answer.complete(SLOW));
        late.forEach(exchange -> exchange.answer.complete(LATE));
    }

    private void expire(Exchange exchange) {
        switch (exchange.stage) {
            case READING -> over(exchange);
            case QUEUED -> {
                queue.remove(exchange);
                over(exchange);
            }
            case HANDED -> exchange.stage = Stage.LAPSED;
            case LAPSED, OVER -> {}
        }
    }

    /** Lets nobody in any more and answers all that wait. */
    void close() {
        List<Exchange> left;
        lock.lock();
        try {
            closed = true;
            left = new ArrayList<>(timed);
            timed.clear();
            left.forEach(exchange -> {
                if (exchange.stage == Stage.HANDED) {
                    exchange.stage = Stage.LAPSED;
                } else {
                    over(exchange);
                }
            });
            queue.clear();
            arrival.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(exchange -> exchange.answer.complete(LEAVING));
    }
}
