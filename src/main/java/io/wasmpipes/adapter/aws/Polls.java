package io.wasmpipes.adapter.aws;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Requests for messages under way, and what they have brought: together never more than was last asked for, each message
 * counted as the largest that the queue takes. One request waits on an idle queue; up to four run on a full one.
 */
final class Polls implements AutoCloseable {
    private static final int MAX_POLLS = 4;
    private static final int MAX_MESSAGES = 10;
    private static final long EMPTY_PAUSE_NANOS = Duration.ofMillis(250).toNanos();

    private final AwsSettings settings;
    private final ExecutorService threads;
    private final Leases leases;
    private final BiFunction<Message, Integer, SqsDelivery> deliveries;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<SqsDelivery> ready = new ArrayDeque<>();
    private final Set<Future<?>> running = new HashSet<>();
    private int asked;
    private int polls;
    private int wanted = 1;
    private long changes;
    private long notBefore = System.nanoTime();
    private @Nullable TransientException failure;
    private boolean closed;

    /** {@code deliveries} makes a delivery of a message and the number of receives that the queue allows. */
    Polls(
            AwsSettings settings,
            ExecutorService threads,
            Leases leases,
            BiFunction<Message, Integer, SqsDelivery> deliveries) {
        this.settings = settings;
        this.threads = threads;
        this.leases = leases;
        this.deliveries = deliveries;
    }

    /**
     * Moves what has come and fits to {@code taken}.
     *
     * @return the bytes that were taken
     * @throws TransientException once, if a request has failed and nothing has come
     */
    long take(Demand demand, List<Delivery> taken) throws TransientException {
        lock.lock();
        try {
            long bytes = 0;
            while (!ready.isEmpty()) {
                SqsDelivery next = ready.getFirst();
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
    boolean blocked() {
        lock.lock();
        try {
            return !ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for messages as far as {@code messages} and {@code bytes} leave room. */
    void ask(Queue queue, int messages, long bytes) {
        lock.lock();
        try {
            long fitting = Math.max(1, bytes / Math.max(1, queue.setup().maxBytes()));
            long room = Math.min(messages, fitting) - asked - ready.size();
            while (!closed && polls < wanted && room > 0 && System.nanoTime() - notBefore >= 0) {
                int count = (int) Math.min(MAX_MESSAGES, room);
                polls++;
                asked += count;
                room -= count;
                running.removeIf(Future::isDone);
                running.add(threads.submit(() -> poll(queue, count)));
            }
        } catch (RejectedExecutionException e) {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something has changed, for {@code nanos} at most. */
    void await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long pause = notBefore - System.nanoTime();
            long left = polls > 0 ? nanos : Math.min(nanos, pause);
            long seen = changes;
            while (changes == seen && ready.isEmpty() && failure == null && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void poll(Queue queue, int count) {
        Duration wait = settings.reading().waitTime();
        try {
            List<Message> messages = queue.receive(count, wait, leases.lease());
            ended(queue, count, messages, null);
        } catch (SdkException | IllegalStateException e) {
            if (e instanceof AwsServiceException service && Refusal.of(service).ofTheCaller()) {
                queue.close(); // the next one logs in anew
            }
            ended(queue, count, List.of(), Refusal.outage(settings.shown(), e));
        }
    }

    private void ended(Queue queue, int count, List<Message> messages, @Nullable TransientException why) {
        lock.lock();
        try {
            polls--;
            asked -= count;
            for (Message message : messages) {
                ready.add(deliveries.apply(message, queue.setup().maxReceives()));
            }
            if (messages.size() == count) {
                wanted = Math.min(MAX_POLLS, wanted + 1);
            } else if (messages.isEmpty()) {
                wanted = 1;
                boolean waits = settings.reading().waitTime().toSeconds() > 0;
                notBefore = System.nanoTime() + (waits ? 0 : EMPTY_PAUSE_NANOS);
            }
            failure = why;
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends requests under way; what they may have been about to bring comes again after its visibility timeout. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            running.forEach(each -> each.cancel(true));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
