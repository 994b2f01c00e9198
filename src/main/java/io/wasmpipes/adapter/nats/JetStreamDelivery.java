package io.wasmpipes.adapter.nats;

import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A message of a consumer in hand. Its acknowledgement goes to a subject of its own, so it outlives the connection it
 * came by: it is ours as long as the ack wait since the last sign of life has not passed.
 */
final class JetStreamDelivery implements Delivery {
    /** Which delivery, and whether the consumer's max_deliver allows no other. */
    record Attempt(int number, boolean last) {}

    private final Message message;
    private final String reply;
    private final Attempt attempt;
    private final long keepUntil;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long leaseEnd;

    JetStreamDelivery(Message message, String reply, Attempt attempt, long leaseEnd, long keepUntil) {
        this.message = message;
        this.reply = reply;
        this.attempt = attempt;
        this.leaseEnd = leaseEnd;
        this.keepUntil = keepUntil;
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public int attempt() {
        return attempt.number();
    }

    @Override
    public boolean last() {
        return attempt.last();
    }

    @Override
    public boolean live() {
        if (over.get()) {
            return false;
        }
        if (System.nanoTime() - leaseEnd >= 0) {
            over.set(true); // once false it stays false
            return false;
        }
        return true;
    }

    String reply() {
        return reply;
    }

    /** Whether the lease may still be extended at {@code now}. */
    boolean mayKeep(long now) {
        return now - keepUntil < 0;
    }

    /** The server gives it to nobody else before {@code end}. */
    void extend(long end) {
        leaseEnd = end;
    }

    /** Ends it: true for the one caller that may settle it. */
    boolean claim() {
        return live() && over.compareAndSet(false, true);
    }

    /** Takes a {@link #claim} back, because the settlement could not be sent. */
    void unclaim() {
        over.set(false);
    }
}
