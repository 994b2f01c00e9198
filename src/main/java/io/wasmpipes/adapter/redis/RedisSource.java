package io.wasmpipes.adapter.redis;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A consumer of a group. One connection reads and may wait at the server; the other settles and keeps leases. An entry
 * that is handed back stays pending and keeps its lease here until its delay is over; when this process dies first,
 * another takes it over once it has been idle for the lease.
 */
final class RedisSource implements Source {
    private final RedisSettings.Reading reading;
    private final Line reads;
    private final Line settles;
    private final Group group;
    private final Hand hand;
    private final Intake intake;
    private final LeaseKeeper leases;
    private final ReentrantLock receiving = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean ensured;
    private volatile boolean joined;

    RedisSource(RedisSettings settings, RedisSettings.Reading reading, Limits limits) {
        this.reading = reading;
        this.reads = new Line(settings);
        this.settles = new Line(settings);
        this.group = new Group(settings, reading);
        this.hand = new Hand(reading.ordered());
        Entry entry = new Entry(settings.place().stream(), settings.body());
        Leases terms = new Leases(reading.idle(), limits.leaseMax());
        this.intake = new Intake(reads, group, hand, entry, terms);
        this.leases = new LeaseKeeper(settles, group, hand, reading.idle());
    }

    /** How long an entry is ours without a sign, and how long signs are given. */
    record Leases(Duration idle, Duration most) {}

    @Override
    public void connect() throws TransientException, InterruptedException {
        group.ensure(settles);
        ensured = true;
        joined = true;
        leases.start();
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        receiving.lockInterruptibly();
        try {
            if (!ensured && !closed.get()) {
                connect();
            }
            return closed.get() ? List.of() : intake.take(demand);
        } catch (TransientException e) {
            if (closed.get()) {
                return List.of();
            }
            ensured = false; // the group may be what is missing
            throw e;
        } finally {
            receiving.unlock();
        }
    }

    /** Done first: a later entry that is through must not come again behind an earlier one that is handed back. */
    @Override
    public void settle(List<Settled> settled) throws TransientException, InterruptedException {
        List<RedisDelivery> through = new ArrayList<>(settled.size());
        for (Settled each : settled) {
            boolean ends = switch (each.settlement()) {
                case Settlement.Done _, Settlement.Reject _ -> true;
                case Settlement.Retry _ -> false;
            };
            if (ends
                    && each.delivery() instanceof RedisDelivery delivery
                    && delivery.lease().claim()) {
                through.add(delivery);
            }
        }
        if (!through.isEmpty()) {
            acknowledge(through);
        }
        for (Settled each : settled) {
            if (each.settlement() instanceof Settlement.Retry(Duration delay, Throwable _)
                    && each.delivery() instanceof RedisDelivery delivery) {
                hand.giveBack(delivery, delay);
            }
        }
    }

    private void acknowledge(List<RedisDelivery> through) throws TransientException, InterruptedException {
        boolean done = false;
        try {
            group.done(settles, through.stream().map(RedisDelivery::id).toList());
            done = true;
        } finally {
            for (RedisDelivery delivery : through) {
                if (done) {
                    hand.forget(delivery.id());
                } else {
                    delivery.lease().unclaim();
                }
            }
        }
    }

    @Override
    public OptionalLong lag() {
        return intake.lag();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        leases.close();
        hand.close();
        intake.close();
        reads.close();
        if (joined) {
            try {
                group.leave(settles);
            } catch (TransientException e) {
                // others take over once the lease has passed
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        settles.close();
    }

    @Override
    public String toString() {
        return reads + " as " + reading.consumer() + " of " + reading.group();
    }
}
