package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;

/** A record in hand. It is ours as long as its partition is, and until an earlier record of it is to be read again. */
final class KafkaDelivery implements Delivery {
    /** From live on, only downwards. */
    private enum State {
        LIVE,
        /** Nothing more may be sent of it; what has been sent already may still turn out to be done. */
        LAPSED,
        DONE,
        DEAD
    }

    private final TopicPartition partition;
    private final long offset;
    private final Message message;
    private final int attempt;
    private final AtomicReference<State> state = new AtomicReference<>(State.LIVE);
    private volatile boolean released;

    KafkaDelivery(TopicPartition partition, long offset, Message message, int attempt) {
        this.partition = partition;
        this.offset = offset;
        this.message = message;
        this.attempt = attempt;
    }

    TopicPartition partition() {
        return partition;
    }

    long offset() {
        return offset;
    }

    @Override
    public Message message() {
        return message;
    }

    /** Counts within the process only. */
    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean live() {
        return state.get() == State.LIVE;
    }

    @Override
    public String orderKey() {
        String key = message.key();
        return key == null ? partition.toString() : key;
    }

    @Override
    public void release() {
        released = true;
    }

    /** Whether nobody will do anything with it any more. */
    boolean isOver() {
        State now = state.get();
        return released || now == State.DONE || now == State.DEAD;
    }

    boolean isReleased() {
        return released;
    }

    boolean isDone() {
        return state.get() == State.DONE;
    }

    /** It is through; no effect once it is dead. */
    void done() {
        if (!state.compareAndSet(State.LIVE, State.DONE)) {
            state.compareAndSet(State.LAPSED, State.DONE);
        }
    }

    void lapse() {
        state.compareAndSet(State.LIVE, State.LAPSED);
    }

    /** Ends it to be read again; false if it is not live. */
    boolean giveBack() {
        return state.compareAndSet(State.LIVE, State.DEAD);
    }

    /** Ends it; false if it is done, or has ended before. */
    boolean end() {
        return state.compareAndSet(State.LIVE, State.DEAD) || state.compareAndSet(State.LAPSED, State.DEAD);
    }
}
