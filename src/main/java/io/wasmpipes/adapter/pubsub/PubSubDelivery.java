package io.wasmpipes.adapter.pubsub;

import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import java.util.concurrent.Semaphore;

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
    private final long keepUntil;
    private final Semaphore settling = new Semaphore(1);
    private volatile boolean over;
    private volatile long leaseEnd;

    PubSubDelivery(Message message, Arrival arrival, long leaseNanos, long keepNanos) {
        long now = System.nanoTime();
        this.message = message;
        this.arrival = arrival;
        this.leaseEnd = now + leaseNanos;
        this.keepUntil = now + keepNanos;
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
        if (!over && System.nanoTime() - leaseEnd >= 0) {
            over = true; // once false it stays false
        }
        return !over;
    }

    Arrival arrival() {
        return arrival;
    }

    /** Whether it came after {@code other} and must not overtake it. */
    boolean follows(PubSubDelivery other) {
        String key = message.key();
        return key != null && key.equals(other.message.key()) && arrival.order() > other.arrival.order();
    }

    /** Starts an extension, unless it is over or has been kept for as long as it may be; {@link #extended} must follow. */
    boolean beginExtension(long now) {
        settling.acquireUninterruptibly();
        if (live() && now - keepUntil < 0) {
            return true;
        }
        settling.release();
        return false;
    }

    /** Ends an extension; 0 if it was not granted. */
    void extended(long end) {
        if (end != 0) {
            leaseEnd = end;
        }
        settling.release();
    }

    /** Ends it, once an extension under way has ended: true for the one caller that may settle it. */
    boolean claim() {
        settling.acquireUninterruptibly();
        boolean claimed = live();
        over = true;
        settling.release();
        return claimed;
    }

    /** Takes a {@link #claim} back, because the settlement was not heard. */
    void unclaim() {
        over = false;
    }
}
