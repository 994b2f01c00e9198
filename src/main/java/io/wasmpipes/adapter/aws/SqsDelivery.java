package io.wasmpipes.adapter.aws;

import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import java.util.concurrent.Semaphore;
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
    private final long keepUntil;
    private final Semaphore settling = new Semaphore(1);
    private volatile boolean over;
    private volatile long leaseEnd;

    SqsDelivery(Message message, Arrival arrival, long leaseNanos, long keepNanos) {
        this.message = message;
        this.arrival = arrival;
        this.leaseEnd = came + leaseNanos;
        this.keepUntil = came + keepNanos;
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
        if (!over && System.nanoTime() - leaseEnd >= 0) {
            over = true; // once false it stays false
        }
        return !over;
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

    /** Starts an extension, unless it is over or has been kept for as long as it may be; {@link #extended} must follow. */
    boolean beginExtension(long now) {
        settling.acquireUninterruptibly();
        if (live() && now - keepUntil < 0) {
            return true;
        }
        settling.release();
        return false;
    }

    /** Ends an extension: nobody else gets it before {@code end}. */
    void extended(long end) {
        leaseEnd = end;
        settling.release();
    }

    /** Ends an extension that was not granted. */
    void notExtended(boolean lost) {
        over |= lost;
        settling.release();
    }

    /** Ends it, once an extension under way has ended: true for the one caller that may settle it. */
    boolean claim() {
        settling.acquireUninterruptibly();
        try {
            boolean claimed = live();
            over = true;
            return claimed;
        } finally {
            settling.release();
        }
    }

    /** Takes a {@link #claim} back, because the settlement was not heard. */
    void unclaim() {
        over = false;
    }
}
