package io.wasmpipes;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Requests for messages under way, which go on beyond one receive, and what they have brought: together never more messages
 * than were last asked for, nor, by the size that each is counted as, more bytes. One request waits on an idle system, up to
 * four run on a busy one. Thread-safe.
 *
 * @param <C> what requests are sent by
 * @param <D> what they bring
 */
public abstract class Pulls<C, D extends Delivery> implements AutoCloseable {
    private static final int MOST = 4;
    private static final Duration NO_ROOM_PAUSE = Duration.ofMillis(10);
    private static final long EMPTY_PAUSE_NANOS = Duration.ofMillis(250).toNanos();

    private final int batch;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<D> ready = new ArrayDeque<>();
    private final Set<Future<?>> running = new HashSet<>();
    private int asked;
    private int requests;
    private int wanted = 1;
    private long changes;
    private long notBefore = System.nanoTime();
    private @Nullable TransientException failure;
    private volatile boolean closed;

    /** One request for {@code count} messages, sent at {@code start}. */
    public record Request(int count, long start) {}

    /** {@code batch} is the most messages that one request may ask for. */
    protected Pulls(int batch) {
        this.batch = batch;
    }

    /** Sends it without blocking; {@link #arrived} or {@link #failed} must follow, once. */
    protected abstract Future<?> send(C connection, Request request);

    /** The bytes that a message to come is counted as. */
    protected abstract long size(C connection);

    /** What has come of the demand, or comes within its patience. As {@link Source#receive}. */
    public final List<Delivery> receive(Demand demand, Link.Opening<C> opening)
            throws TransientException, InterruptedException {
        try {
            return closed ? List.of() : receive(demand, opening.open());
        } catch (TransientException e) {
            if (closed) {
                return List.of();
            }
            throw e;
        }
    }

    private List<Delivery> receive(Demand demand, C connection) throws TransientException, InterruptedException {
        long end = System.nanoTime() + demand.patience().toNanos();
        List<Delivery> taken = new ArrayList<>(Math.min(demand.messages(), 128));
        while (true) {
            long bytes = take(demand, taken);
            if (!taken.isEmpty()) {
                ask(connection, demand.messages() - taken.size(), demand.bytes() - bytes);
                return taken;
            }
            if (blocked()) {
                Thread.sleep(NO_ROOM_PAUSE); // do not make the caller spin
                return taken;
            }
            ask(connection, demand.messages(), demand.bytes());
            long left = end - System.nanoTime();
            if (left <= 0 || closed) {
                return taken;
            }
            await(left);
        }
    }

    /** Moves what has come and fits to {@code taken}; throws once, if a request has failed and nothing has come. */
    private long take(Demand demand, List<Delivery> taken) throws TransientException {
        lock.lock();
        try {
            long bytes = 0;
            while (!ready.isEmpty()) {
                D next = ready.getFirst();
                if (next.live()) {
                    if (!demand.admits(next.message().size(), taken.size(), bytes)) {
                        break;
                    }
                    taken.add(next);
                    bytes += next.message().size();
                }
                ready.removeFirst();
            }
            TransientException why = failure;
            if (taken.isEmpty() && ready.isEmpty() && why != null) {
                failure = null;
                throw why;
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Whether something has come that did not fit. */
    private boolean blocked() {
        lock.lock();
        try {
            return !ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for messages as far as {@code messages} and {@code bytes} leave room. */
    private void ask(C connection, int messages, long bytes) {
        if (messages <= 0 || bytes <= 0) {
            return;
        }
        lock.lock();
        try {
            running.removeIf(Future::isDone);
            long fitting = Math.max(1, bytes / Math.max(1, size(connection)));
            long room = Math.min(messages, fitting) - asked - ready.size();
            while (!closed && requests < wanted && room > 0 && System.nanoTime() - notBefore >= 0) {
                Request request = new Request((int) Math.min(batch, room), System.nanoTime());
                running.add(send(connection, request));
                requests++;
                asked += request.count();
                room -= request.count();
            }
        } finally {
            lock.unlock();
        }
    }

    private void await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = requests > 0 ? nanos : Math.min(nanos, notBefore - System.nanoTime());
            long seen = changes;
            while (changes == seen && ready.isEmpty() && failure == null && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The request was answered. An empty answer that came at once is followed by a pause. */
    protected final void arrived(Request request, List<D> deliveries) {
        boolean quick = System.nanoTime() - request.start() < EMPTY_PAUSE_NANOS;
        ended(request, deliveries, quick, null);
    }

    /** The request failed: that is told by the next receive that finds nothing else, unless {@code why} is null. */
    protected final void failed(Request request, @Nullable TransientException why) {
        ended(request, List.of(), false, why);
    }

    private void ended(Request request, List<D> deliveries, boolean quick, @Nullable TransientException why) {
        lock.lock();
        try {
            requests--;
            asked -= request.count();
            ready.addAll(deliveries);
            if (deliveries.isEmpty()) {
                wanted = 1;
                notBefore = System.nanoTime() + (quick ? EMPTY_PAUSE_NANOS : 0);
            } else if (deliveries.size() >= Math.min(request.count(), batch / 2)) {
                wanted = Math.min(MOST, wanted + 1);
            }
            failure = why;
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends requests under way; what they may have been about to bring comes again when its lease has run out. */
    @Override
    public void close() {
        List<Future<?>> open;
        lock.lock();
        try {
            closed = true;
            open = List.copyOf(running);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        open.forEach(each -> each.cancel(true));
    }
}
