package io.wasmpipes.adapter.nats;

import io.wasmpipes.Delivery;
import io.wasmpipes.Lease;
import io.wasmpipes.Message;

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
    private final Lease lease;

    JetStreamDelivery(Message message, String reply, Attempt attempt, Lease lease) {
        this.message = message;
        this.reply = reply;
        this.attempt = attempt;
        this.lease = lease;
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
        return lease.live();
    }

    Lease lease() {
        return lease;
    }

    String reply() {
        return reply;
    }
}
