package io.wasmpipes.adapter.pubsub;

import io.wasmpipes.Delivery;
import io.wasmpipes.Lease;
import io.wasmpipes.Message;
import java.time.Duration;

/** A message of a subscription in hand: ours as long as its ack deadline since the last sign of life has not passed. */
final class PubSubDelivery implements Delivery {
    /**
     * How it came.
     *
     * @param ackId what settles it
     * @param number which delivery it is, 1 where the subscription does not count
     * @param last whether the dead-letter policy allows no other
     * @param order counts deliveries as they came
     */
    record Arrival(String ackId, int number, boolean last, long order) {}

    private final Message message;
    private final Arrival arrival;
    private final Lease lease;

    PubSubDelivery(Message message, Arrival arrival, Duration lease, Duration keep) {
        long now = System.nanoTime();
        this.message = message;
        this.arrival = arrival;
        this.lease = new Lease(now + lease.toNanos(), now + keep.toNanos());
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

    /** The ordering key; a message without one follows no other. */
    @Override
    public String orderKey() {
        String key = message.key();
        return key == null ? message.id().value() : key;
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
    boolean follows(PubSubDelivery other) {
        String key = message.key();
        return key != null && key.equals(other.message.key()) && arrival.order() > other.arrival.order();
    }
}
