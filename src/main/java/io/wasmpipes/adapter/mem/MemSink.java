package io.wasmpipes.adapter.mem;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Adds to a topic. A full topic is an outage, from the first message that finds no room until the calling thread has
 * awaited every call that failed: so a later message of that thread never overtakes.
 */
final class MemSink implements Sink {
    private final MemTopic topic;
    private final InstantSource clock;
    private final ThreadLocal<AtomicInteger> failedCalls = ThreadLocal.withInitial(AtomicInteger::new);

    MemSink(MemTopic topic, InstantSource clock) {
        this.topic = topic;
        this.clock = clock;
    }

    @Override
    public void connect() {
        // a topic in the same process is always there
    }

    @Override
    public Pending send(List<Message> messages) {
        AtomicInteger failed = failedCalls.get();
        List<Outcome> outcomes = new ArrayList<>(messages.size());
        boolean room = failed.get() == 0;
        for (Message message : messages) {
            room = room && topic.add(stamped(message));
            outcomes.add(
                    room
                            ? Outcome.Confirmed.YES
                            : new Outcome.Failed(TransientException.outage("the mem topic is full")));
        }
        return room ? () -> outcomes : failedCall(outcomes, failed);
    }

    private static Pending failedCall(List<Outcome> outcomes, AtomicInteger failed) {
        failed.incrementAndGet();
        AtomicBoolean awaited = new AtomicBoolean();
        return () -> {
            if (awaited.compareAndSet(false, true)) {
                failed.decrementAndGet();
            }
            return outcomes;
        };
    }

    private Message stamped(Message m) {
        return m.time() != null ? m : new Message(m.id(), m.body(), m.headers(), m.key(), m.label(), clock.instant());
    }

    @Override
    public void close() {
        // the topic stays
    }
}
