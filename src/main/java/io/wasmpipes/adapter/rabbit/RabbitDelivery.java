package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import java.util.concurrent.atomic.AtomicBoolean;

/** A delivery of one channel, known there by its tag: it ends with the channel, or when the server would close that. */
final class RabbitDelivery implements Delivery {
    /** Which delivery, and whether the queue's limit allows no other. */
    record Attempt(int number, boolean last) {}

    private final Message message;
    private final Attempt attempt;
    private final Tap tap;
    private final long tag;
    private final long keepUntil;
    private final AtomicBoolean over = new AtomicBoolean();

    RabbitDelivery(Message message, Attempt attempt, Tap tap, long tag, long keepUntil) {
        this.message = message;
        this.attempt = attempt;
        this.tap = tap;
        this.tag = tag;
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
        return !over.get() && tap.alive() && !stale(System.nanoTime());
    }

    /** Whether it has been unsettled for too long at {@code now}. */
    boolean stale(long now) {
        return now - keepUntil >= 0;
    }

    long tag() {
        return tag;
    }

    long size() {
        return message.size();
    }

    boolean of(Tap channel) {
        return tap == channel;
    }

    /** Ends it: true for the one caller that may settle it. */
    boolean claim() {
        return live() && over.compareAndSet(false, true);
    }

    /** Ends it: it will come again. */
    void end() {
        over.set(true);
    }
}
