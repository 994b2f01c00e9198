package io.wasmpipes.adapter.pubsub;

import com.google.api.core.ApiFuture;
import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.rpc.ApiException;
import com.google.protobuf.Empty;
import com.google.pubsub.v1.ModifyAckDeadlineRequest;
import io.wasmpipes.Link;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps and ends the leases of one subscription's deliveries: at a third of the ack deadline it extends each, up to
 * LEASE_MAX. A platform thread, so that busy virtual threads cannot starve it.
 */
final class Leases implements AutoCloseable {
    static final int BATCH = 500;
    private static final Duration HAND_BACK = Duration.ofSeconds(3);
    private static final Duration SHORTEST_CALL = Duration.ofSeconds(1);

    private final PubSubSettings settings;
    private final Link<Connection> link;
    private final Set<PubSubDelivery> held = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean started = new AtomicBoolean();
    private final Thread thread;
    private volatile int seconds = 10;

    Leases(PubSubSettings settings, Link<Connection> link) {
        this.settings = settings;
        this.link = link;
        this.thread = Thread.ofPlatform().daemon().name("pubsub-leases").unstarted(this::run);
    }

    /** Starts with the subscription's ack deadline, or goes on with a new one. */
    void start(int ackDeadline) {
        seconds = ackDeadline;
        if (started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    Duration lease() {
        return Duration.ofSeconds(seconds);
    }

    void add(PubSubDelivery delivery) {
        held.add(delivery);
    }

    /** Ends leases as the pipe says; one that has ended already is passed over. */
    void settle(List<Settled> settled) throws TransientException, InterruptedException {
        Settling settling = new Settling(settings, link.open());
        for (Settled each : settled) {
            if (each.delivery() instanceof PubSubDelivery delivery
                    && delivery.lease().claim()) {
                settling.add(delivery, each.settlement());
                if (!(each.settlement() instanceof Settlement.Done)
                        && delivery.message().key() != null) {
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

    /** Of a key, what came behind a message that comes again must come again after it. */
    private void claimFollowing(PubSubDelivery first, Settlement how, Settling settling) {
        Settlement.Retry behind = new Settlement.Retry(
                how instanceof Settlement.Retry(Duration delay, Throwable _) ? delay : Duration.ZERO,
                new IllegalStateException("an earlier message of the key comes again"));
        held.stream()
                .filter(delivery -> delivery.follows(first))
                .sorted(Comparator.comparingLong(d -> d.arrival().order()))
                .filter(delivery -> delivery.lease().claim())
                .forEach(delivery -> settling.add(delivery, behind));
    }

    /** Gives everything back at once; what cannot be given back within 3 s comes again after its ack deadline. */
    void handBack(Connection connection) throws InterruptedException {
        List<PubSubDelivery> all = held.stream()
                .sorted(Comparator.comparingLong(d -> d.arrival().order()))
                .filter(delivery -> delivery.lease().claim())
                .toList();
        List<ApiFuture<Empty>> calls = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH) {
            calls.add(modify(connection, all.subList(from, Math.min(all.size(), from + BATCH)), 0, HAND_BACK));
        }
        for (ApiFuture<Empty> call : calls) {
            heard(call);
        }
    }

    private ApiFuture<Empty> modify(
            Connection connection, List<PubSubDelivery> deliveries, int deadline, Duration timeout) {
        ModifyAckDeadlineRequest.Builder request = ModifyAckDeadlineRequest.newBuilder()
                .setSubscription(settings.path())
                .setAckDeadlineSeconds(deadline);
        deliveries.forEach(delivery -> request.addAckIds(delivery.arrival().ackId()));
        return connection
                .subscriber()
                .modifyAckDeadlineCallable()
                .futureCall(request.build(), GrpcCallContext.createDefault().withTimeoutDuration(timeout));
    }

    private static boolean heard(ApiFuture<Empty> call) throws InterruptedException {
        try {
            Connection.get(call);
            return true;
        } catch (ApiException | IllegalStateException e) {
            return false; // the lease ends by itself unless the next round is heard
        }
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(lease().dividedBy(3));
                extendAll();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void extendAll() throws InterruptedException {
        Connection connection = link.current();
        held.removeIf(delivery -> !delivery.live());
        if (connection == null) {
            return;
        }
        List<PubSubDelivery> all = List.copyOf(held);
        for (int from = 0; from < all.size(); from += BATCH) {
            extend(connection, all.subList(from, Math.min(all.size(), from + BATCH)));
        }
    }

    private void extend(Connection connection, List<PubSubDelivery> batch) throws InterruptedException {
        long now = System.nanoTime();
        List<PubSubDelivery> kept = batch.stream()
                .filter(delivery -> delivery.lease().beginExtension(now))
                .toList();
        boolean granted = false;
        try {
            Duration third = lease().dividedBy(3);
            granted = !kept.isEmpty()
                    && heard(modify(
                            connection, kept, seconds, third.compareTo(SHORTEST_CALL) < 0 ? SHORTEST_CALL : third));
        } finally {
            long end = now + lease().toNanos();
            for (PubSubDelivery delivery : kept) {
                if (granted) {
                    delivery.lease().extended(end);
                } else {
                    delivery.lease().notExtended();
                }
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
