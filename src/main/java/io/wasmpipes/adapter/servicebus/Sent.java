package io.wasmpipes.adapter.servicebus;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One call of send. It is carried out after the same thread's calls before it, and not at all if the one before had a failure
 * that may pass and was not awaited yet: so nothing overtakes.
 */
final class Sent implements Sink.Pending, Runnable {
    /** Sends messages in order; one outcome each. */
    @FunctionalInterface
    interface Carrier {
        List<Outcome> carry(List<Message> messages) throws InterruptedException;
    }

    private final List<Message> messages;
    private final Carrier carrier;
    private final Runnable after;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable Sent previous;
    private volatile List<Outcome> outcomes = List.of();
    private volatile boolean broken;
    private volatile boolean awaited;

    /** {@code after} runs once it is carried out, or given up. */
    Sent(List<Message> messages, @Nullable Sent previous, Carrier carrier, Runnable after) {
        this.messages = messages;
        this.previous = previous;
        this.carrier = carrier;
        this.after = after;
    }

    boolean awaited() {
        return awaited;
    }

    @Override
    public void run() {
        List<Outcome> all = failed("the sink is closed");
        try {
            Sent before = previous;
            if (before != null) {
                before.done.await();
            }
            all = before != null && before.broken
                    ? failed("an earlier message is not confirmed")
                    : carrier.carry(messages);
        } catch (InterruptedException e) {
            // closed
        } finally {
            broken = all.stream().anyMatch(o -> o instanceof Outcome.Failed(TransientException _));
            outcomes = all;
            previous = null;
            after.run();
            done.countDown();
        }
    }

    private List<Outcome> failed(String why) {
        return Collections.nCopies(messages.size(), new Outcome.Failed(TransientException.outage(why)));
    }

    @Override
    public List<Outcome> await() throws InterruptedException {
        done.await();
        awaited = true;
        return outcomes;
    }
}
