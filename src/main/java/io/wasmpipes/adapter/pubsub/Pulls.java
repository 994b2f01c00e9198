package io.wasmpipes.adapter.pubsub;

import com.google.api.core.ApiFuture;
import com.google.api.core.ApiFutureCallback;
import com.google.api.core.ApiFutures;
import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.rpc.StatusCode;
import com.google.pubsub.v1.PullRequest;
import com.google.pubsub.v1.PullResponse;
import com.google.pubsub.v1.ReceivedMessage;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Requests for messages under way, and what they have brought: together never more messages than were last asked for, and
 * by the sizes seen lately no more bytes. One request waits on an idle subscription; up to four run on a full one.
 */
final class Pulls implements AutoCloseable {
    private static final int MAX_PULLS = 4;
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final long SMALLEST = 16 << 10;
    private static final long EMPTY_PAUSE_NANOS = Duration.ofMillis(200).toNanos();

    private final PubSubSettings settings;
    private final ExecutorService threads;
    private final BiFunction<ReceivedMessage, Connection, PubSubDelivery> deliveries;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<PubSubDelivery> ready = new ArrayDeque<>();
    private final Set<ApiFuture<PullResponse>> running = new HashSet<>();
    private int asked;
    private int wanted = 1;
    private long changes;
    private long typical = SMALLEST;
    private long notBefore = System.nanoTime();
    private @Nullable TransientException failure;
    private boolean closed;

    Pulls(
            PubSubSettings settings,
            ExecutorService threads,
            BiFunction<ReceivedMessage, Connection, PubSubDelivery> deliveries) {
        this.settings = settings;
        this.threads = threads;
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
                PubSubDelivery next = ready.getFirst();
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
    void ask(Connection connection, int messages, long bytes) {
        lock.lock();
        try {
            long room = Math.min(messages, Math.max(1, bytes / typical)) - asked - ready.size();
            while (!closed && running.size() < wanted && room > 0 && System.nanoTime() - notBefore >= 0) {
                int count = (int) Math.min(settings.batch(), room);
                asked += count;
                room -= count;
                pull(connection, count);
            }
        } finally {
            lock.unlock();
        }
    }

    private void pull(Connection connection, int count) {
        PullRequest request = PullRequest.newBuilder()
                .setSubscription(settings.path())
                .setMaxMessages(count)
                .build();
        long start = System.nanoTime();
        ApiFuture<PullResponse> pull = connection
                .subscriber()
                .pullCallable()
                .futureCall(request, GrpcCallContext.createDefault().withTimeoutDuration(WAIT));
        running.add(pull);
        ApiFutures.addCallback(
                pull,
                new ApiFutureCallback<PullResponse>() {
                    @Override
                    public void onSuccess(PullResponse response) {
                        boolean quick = System.nanoTime() - start < EMPTY_PAUSE_NANOS;
                        ended(pull, count, quick, () -> arrived(response, count, connection));
                    }

                    @Override
                    public void onFailure(Throwable e) {
                        ended(pull, count, false, () -> failed(e, connection));
                    }
                },
                threads);
    }

    private void ended(ApiFuture<PullResponse> pull, int count, boolean quick, Runnable how) {
        lock.lock();
        try {
            running.remove(pull);
            asked -= count;
            int before = ready.size();
            how.run();
            if (ready.size() == before) {
                wanted = 1;
                notBefore = System.nanoTime() + (quick ? EMPTY_PAUSE_NANOS : 0);
            }
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void arrived(PullResponse response, int count, Connection connection) {
        failure = null;
        long largest = SMALLEST;
        for (ReceivedMessage message : response.getReceivedMessagesList()) {
            PubSubDelivery delivery = deliveries.apply(message, connection);
            largest = Math.max(largest, delivery.message().size());
            ready.add(delivery);
        }
        typical = Math.max(largest, typical - typical / 8);
        if (response.getReceivedMessagesCount() >= Math.min(count, settings.batch() / 2)) {
            wanted = Math.min(MAX_PULLS, wanted + 1);
        }
    }

    private void failed(Throwable e, Connection connection) {
        if (closed || Failures.code(e) == StatusCode.Code.DEADLINE_EXCEEDED) {
            return; // nothing has come in time
        }
        connection.connectAtOnce();
        if (Failures.ofTheConnection(e)) {
            connection.close(); // the next one logs in anew
        }
        failure = Failures.outage(settings.shown(), e);
    }

    /** Waits until something has changed, for {@code nanos} at most. */
    void await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = running.isEmpty() ? Math.min(nanos, notBefore - System.nanoTime()) : nanos;
            long seen = changes;
            while (changes == seen && ready.isEmpty() && failure == null && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends requests under way; what they may have been about to bring comes again after its ack deadline. */
    @Override
    public void close() {
        List<ApiFuture<PullResponse>> open;
        lock.lock();
        try {
            closed = true;
            open = List.copyOf(running);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        open.forEach(pull -> pull.cancel(true));
    }
}
