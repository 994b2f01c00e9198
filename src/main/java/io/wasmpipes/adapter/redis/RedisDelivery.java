package io.wasmpipes.adapter.redis;

import io.wasmpipes.Delivery;
import io.wasmpipes.Lease;
import io.wasmpipes.Message;

/** An entry in hand: ours until its lease has passed since it was last kept alive, whatever becomes of the connection. */
final class RedisDelivery implements Delivery {
    private final EntryId id;
    private final Message message;
    private final int attempt;
    private final Lease lease;

    RedisDelivery(EntryId id, Message message, int attempt, Lease lease) {
        this.id = id;
        this.message = message;
        this.attempt = attempt;
        this.lease = lease;
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
        return lease.live();
    }

    Lease lease() {
        return lease;
    }
}
