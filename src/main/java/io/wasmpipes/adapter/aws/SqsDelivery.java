package io.wasmpipes.adapter.aws;

import io.wasmpipes.Delivery;
import io.wasmpipes.Lease;
import io.wasmpipes.Message;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A message of a queue in hand: ours as long as its visibility timeout since the last sign of life has not passed. */
final class SqsDelivery implements Delivery {
    /**
     * How it came.
     *
     * @param receipt what settles it
     * @param number which delivery it is
     * @param last whether the redrive policy allows no other
     * @param order counts deliveries as they came
     * @param group what keeps its order, null if nothing does
     */
    record Arrival(
            String receipt,
            int number,
            boolean last,
            long order,
            @Nullable String group) {}

    private final Message message;
    private final Arrival arrival;
    private final long came = System.nanoTime();
    private final Lease lease;

    SqsDelivery(Message message, Arrival arrival, Duration lease, Duration keep) {
        this.message = message;
        this.arrival = arrival;
        this.lease = new Lease(came + lease.toNanos(), came + keep.toNanos());
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public int attempt() {
        return arrival.number();
    }

    @Override
    public boolean last() {
        return arrival.last();
    }

    @Override
    public @Nullable String orderKey() {
        return arrival.group();
    }

    @Override
    public boolean live() {
        return lease.live();
    }

    Lease lease() {
        return lease;
    }

    Arrival arrival() {
        return arrival;
    }

    /** Whether it came after {@code other} and must not overtake it. */
    boolean follows(SqsDelivery other) {
        String group = arrival.group();
        return group != null && group.equals(other.arrival.group()) && arrival.order() > other.arrival.order();
    }

    /** Whole seconds since it came. */
    int age() {
        return (int) ((System.nanoTime() - came) / 1_000_000_000L);
    }
}
