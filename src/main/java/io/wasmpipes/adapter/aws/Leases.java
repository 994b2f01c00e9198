package io.wasmpipes.adapter.aws;

import io.wasmpipes.Lease;
import io.wasmpipes.Link;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Keeps and ends the leases of one queue's deliveries: at a third of the visibility timeout it extends each, up to LEASE_MAX.
 * A platform thread keeps the time, so that busy virtual threads cannot starve it.
 */
final class Leases implements AutoCloseable {
    private static final Duration DEFAULT = Duration.ofSeconds(30);
    private static final Duration SHORTEST_CALL = Duration.ofSeconds(1);
    private static final Duration HAND_BACK = Duration.ofSeconds(3);

    private final AwsSettings settings;
    private final Link<Queue> link;
    private final ExecutorService threads;
    private final Set<SqsDelivery> held = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean started = new AtomicBoolean();
    private final Thread thread;
    private volatile Duration lease = DEFAULT;

    Leases(AwsSettings settings, Link<Queue> link, ExecutorService threads) {
        this.settings = settings;
        this.link = link;
        this.threads = threads;
        this.thread = Thread.ofPlatform().daemon().name("sqs-leases").unstarted(this::run);
    }

    /** Starts with the queue's visibility timeout, or goes on with a new one; 30 s where it has none or tells none. */
    void start(Duration visibility) {
        lease = visibility.isPositive() ? visibility : DEFAULT;
        if (started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    Duration lease() {
        return lease;
    }

    void add(SqsDelivery delivery) {
        held.add(delivery);
    }

    /** Ends leases as the pipe says; one that has ended already is passed over. */
    void settle(List<Settled> settled) throws TransientException, InterruptedException {
        Settling settling = new Settling(settings, threads, link.open());
        for (Settled each : settled) {
            if (each.delivery() instanceof SqsDelivery delivery
                    && delivery.lease().claim()) {
                settling.add(delivery, each.settlement());
                if (!(each.settlement() instanceof Settlement.Done)) {
                    claimFollowing(delivery, each.settlement(), settling);
                }
            }
        }
        try {
            settling.run();
        } finally {
            held.removeIf(delivery -> !delivery.live());
        }
    }

    /** Of a group, what came behind a message that comes again must come again after it. */
    private void claimFollowing(SqsDelivery first, Settlement how, Settling settling) {
        if (first.arrival().group() != null) {
            Settlement.Retry behind = new Settlement.Retry(
                    how instanceof Settlement.Retry(Duration delay, Throwable _) ? delay : Duration.ZERO,
                    new IllegalStateException("an earlier message of the group comes again"));
            held.stream()
                    .filter(delivery -> delivery.follows(first))
                    .sorted(Comparator.comparingLong(d -> d.arrival().order()))
                    .filter(delivery -> delivery.lease().claim())
                    .forEach(delivery -> settling.add(delivery, behind));
        }
    }

    /** Gives everything back at once; what cannot be given back within 3 s comes again after its visibility timeout. */
    void handBack(Queue queue) throws InterruptedException {
        List<Queue.Change> changes = held.stream()
                .sorted(Comparator.comparingLong(d -> d.arrival().order()))
                .filter(delivery -> delivery.lease().claim())
                .map(delivery -> new Queue.Change(delivery.arrival().receipt(), 0))
                .toList();
        List<Runnable> calls = new ArrayList<>();
        for (int from = 0; from < changes.size(); from += Settling.BATCH) {
            List<Queue.Change> batch = changes.subList(from, Math.min(changes.size(), from + Settling.BATCH));
            calls.add(() -> queue.change(batch, HAND_BACK));
        }
        inParallel(calls, HAND_BACK);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(lease.dividedBy(3));
                extendAll();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void extendAll() throws InterruptedException {
        Queue queue = link.current();
        held.removeIf(delivery -> !delivery.live());
        if (queue == null) {
            return;
        }
        List<SqsDelivery> all = List.copyOf(held);
        List<Runnable> calls = new ArrayList<>();
        for (int from = 0; from < all.size(); from += Settling.BATCH) {
            List<SqsDelivery> batch = all.subList(from, Math.min(all.size(), from + Settling.BATCH));
            calls.add(() -> extend(queue, batch));
        }
        inParallel(calls, lease);
    }

    private void inParallel(List<Runnable> calls, Duration patience) throws InterruptedException {
        CountDownLatch left = new CountDownLatch(calls.size());
        try {
            for (Runnable call : calls) {
                threads.execute(() -> {
                    try {
                        call.run();
                    } catch (SdkException | IllegalStateException e) {
                        // the leases end by themselves unless the next round is heard
                    } finally {
                        left.countDown();
                    }
                });
            }
        } catch (RejectedExecutionException e) {
            return; // closed
        }
        boolean _ = left.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void extend(Queue queue, List<SqsDelivery> batch) {
        long now = System.nanoTime();
        List<SqsDelivery> kept = batch.stream()
                .filter(delivery -> delivery.lease().beginExtension(now))
                .toList();
        if (kept.isEmpty()) {
            return;
        }
        Map<Integer, Target.Refused> refused = null;
        try {
            Duration third = lease.dividedBy(3);
            refused = queue.change(
                    kept.stream()
                            .map(d -> new Queue.Change(d.arrival().receipt(), seconds(d)))
                            .toList(),
                    third.compareTo(SHORTEST_CALL) < 0 ? SHORTEST_CALL : third);
        } finally {
            for (int i = 0; i < kept.size(); i++) {
                Target.Refused no = refused == null ? null : refused.get(i);
                Lease each = kept.get(i).lease();
                if (refused != null && no == null) {
                    each.extended(now + seconds(kept.get(i)) * 1_000_000_000L);
                    continue;
                }
                if (no != null && no.why().ofTheReceipt()) {
                    each.lose();
                }
                each.notExtended();
            }
        }
    }

    /** No message stays invisible for more than 12 hours in all. */
    private int seconds(SqsDelivery delivery) {
        return (int) Math.min(lease.toSeconds(), Settling.LONGEST - delivery.age() - 1);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
