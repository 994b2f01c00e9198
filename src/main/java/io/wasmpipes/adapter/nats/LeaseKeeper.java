package io.wasmpipes.adapter.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps the leases of one consumer's deliveries: at a third of the ack wait it tells the server that each is in progress,
 * up to LEASE_MAX. A platform thread, so that busy virtual threads cannot starve it.
 */
final class LeaseKeeper implements AutoCloseable {
    private static final byte[] IN_PROGRESS = "+WPI".getBytes(StandardCharsets.US_ASCII);

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

    void remove(JetStreamDelivery delivery) {
        held.remove(delivery);
    }

    Set<JetStreamDelivery> held() {
        return held;
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
            if (attached != null && delivery.mayKeep(now)) {
                extend(attached.session(), delivery, now);
            }
        }
    }

    private void extend(Session session, JetStreamDelivery delivery, long now) {
        try {
            session.connection().publish(delivery.reply(), IN_PROGRESS);
            delivery.extend(now + ackWait.toNanos());
        } catch (IllegalStateException e) {
            // the connection has just ended: the lease ends by itself unless there is a new one in time
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
