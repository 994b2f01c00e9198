package io.wasmpipes.adapter.redis;

import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import java.util.concurrent.atomic.AtomicBoolean;

/** An entry in hand: ours until its lease has passed since it was last kept alive, whatever becomes of the connection. */
final class RedisDelivery implements Delivery {
    private final EntryId id;
    private final Message message;
    private final int attempt;
    private final long keepUntil;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long leaseEnd;

    RedisDelivery(EntryId id, Message message, int attempt, long leaseEnd, long keepUntil) {
        this.id = id;
        this.message = message;
        this.attempt = attempt;
        this.leaseEnd = leaseEnd;
        this.keepUntil = keepUntil;
    }

    EntryId id() {
        return id;
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean live() {
        if (!over.get() && System.nanoTime() - leaseEnd >= 0) {
            over.set(true); // once false it stays false
        }
        return !over.get();
    }

    /** Whether the lease may still be extended at {@code now}. */
    boolean mayKeep(long now) {
        return now - keepUntil < 0;
    }

    void extend(long end) {
        leaseEnd = end;
    }

    /** Ends it: true for the one caller that may settle it. */
    boolean claim() {
        return live() && over.compareAndSet(false, true);
    }

    /** Takes a {@link #claim} back, because the settlement did not reach the server. */
    void unclaim() {
        over.set(false);
    }

    /** It is somebody else's. */
    void lose() {
        over.set(true);
    }
}
