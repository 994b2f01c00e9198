package io.wasmpipes.adapter.mem;

import io.wasmpipes.Delivery;
import io.wasmpipes.Message;

/** A message of a topic in the hands of one source. */
final class MemDelivery implements Delivery {
    private final MemTopic topic;
    private final MemSource source;
    private final MemTopic.Entry entry;
    private final int attempt;
    private final long leaseEnd;

    MemDelivery(MemTopic topic, MemSource source, MemTopic.Entry entry, long leaseEnd) {
        this.topic = topic;
        this.source = source;
        this.entry = entry;
        this.attempt = entry.attempts;
        this.leaseEnd = leaseEnd;
    }

    @Override
    public Message message() {
        return entry.message;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean live() {
        return topic.isHeldBy(this);
    }

    MemTopic.Entry entry() {
        return entry;
    }

    long leaseEnd() {
        return leaseEnd;
    }

    MemSource source() {
        return source;
    }
}
