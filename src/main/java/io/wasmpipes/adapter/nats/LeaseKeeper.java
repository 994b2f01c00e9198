package io.wasmpipes.adapter.nats;

import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps and ends the leases of one consumer's deliveries: at a third of the ack wait it tells the server that each is in progress,
 * up to LEASE_MAX. A platform thread, so that busy virtual threads cannot starve it.
 */
final class LeaseKeeper implements AutoCloseable {
    private static final byte[] ACK = ascii("+ACK");
    private static final byte[] NAK = ascii("-NAK");
    private static final byte[] TERM = ascii("+TERM");
    private static final byte[] IN_PROGRESS = ascii("+WPI");

    private final Set<JetStreamDelivery> held = ConcurrentHashMap.newKeySet();
    private final Link<? extends Link.Attached> link;
    private final Runnable beforeRound;
    private final AtomicBoolean started = new AtomicBoolean();
    private final Thread thread;
    private volatile Duration ackWait = Duration.ofSeconds(30);

    /** {@code beforeRound} runs before each round, to bring in deliveries that nobody has asked for yet. */
    LeaseKeeper(String name, Link<? extends Link.Attached> link, Runnable beforeRound) {
        this.link = link;
        this.beforeRound = beforeRound;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name(name.replace(' ', '-') + "-leases")
                .unstarted(this::run);
    }

    /** Starts with the ack wait that the consumer has, or goes on with a new one. */
    void start(Duration wait) {
        ackWait = wait;
        if (started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    Duration ackWait() {
        return ackWait;
    }

    void add(JetStreamDelivery delivery) {
        held.add(delivery);
    }

    /** Ends leases as the pipe says; one that has ended already is passed over. */
    void settle(Session session, List<Settled> settled) throws TransientException {
        for (Settled each : settled) {
            if (each.delivery() instanceof JetStreamDelivery delivery
                    && delivery.lease().claim()) {
                try {
                    session.connection().publish(delivery.reply(), answer(each.settlement()));
                    held.remove(delivery);
                } catch (IllegalStateException e) {
                    delivery.lease().unclaim();
                    throw session.lost();
                }
            }
        }
    }

    /** Gives everything back at once; what cannot be given back comes again after the ack wait. */
    void handBack(Session session) {
        for (JetStreamDelivery delivery : held) {
            if (delivery.lease().claim()) {
                try {
                    session.connection().publish(delivery.reply(), NAK);
                } catch (IllegalStateException e) {
                    return;
                }
            }
        }
    }

    private static byte[] answer(Settlement settlement) {
        return switch (settlement) {
            case Settlement.Done _ -> ACK;
            case Settlement.Retry(Duration delay, Throwable _) ->
                delay.isPositive() ? ascii("-NAK {\"delay\":" + delay.toNanos() + "}") : NAK;
            case Settlement.Reject _ -> TERM;
        };
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(ackWait.dividedBy(3));
                beforeRound.run();
                extendAll();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void extendAll() {
        Link.Attached attached = link.current();
        held.removeIf(delivery -> !delivery.live());
        for (JetStreamDelivery delivery : held) {
            long now = System.nanoTime();
            if (attached != null && delivery.lease().mayKeep(now)) {
                extend(attached.session(), delivery, now);
            }
        }
    }

    private void extend(Session session, JetStreamDelivery delivery, long now) {
        try {
            session.connection().publish(delivery.reply(), IN_PROGRESS);
            delivery.lease().extend(now + ackWait.toNanos());
        } catch (IllegalStateException e) {
            // the connection has just ended: the lease ends by itself unless there is a new one in time
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
