package io.wasmpipes.adapter.pubsub;

import com.google.pubsub.v1.PubsubMessage;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Messages of one call of send on their way. */
final class Sending implements Sink.Pending {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** A message on its way: its place in the call, and what is sent. */
    record Slot(int index, PubsubMessage packet) {}

    private final String shown;
    private final AtomicReferenceArray<@Nullable Outcome> outcomes;
    private final CountDownLatch missing;
    private final long end = System.nanoTime() + PATIENCE.toNanos();

    Sending(String shown, int count) {
        this.shown = shown;
        this.outcomes = new AtomicReferenceArray<>(count);
        this.missing = new CountDownLatch(count);
    }

    void confirm(List<Slot> slots) {
        slots.forEach(slot -> end(slot.index(), Outcome.Confirmed.YES));
    }

    void fail(List<Slot> slots, PipeException why) {
        slots.forEach(slot -> fail(slot.index(), why));
    }

    void fail(int index, PipeException why) {
        end(index, new Outcome.Failed(why));
    }

    private void end(int index, Outcome outcome) {
        if (outcomes.compareAndSet(index, null, outcome)) {
            missing.countDown();
        }
    }

    boolean late() {
        return System.nanoTime() - end >= 0;
    }

    @Override
    public List<Outcome> await() throws InterruptedException {
        boolean _ = missing.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        List<Outcome> all = new ArrayList<>(outcomes.length());
        for (int i = 0; i < outcomes.length(); i++) {
            fail(i, TransientException.outage(shown + " does not answer in time")); // those that are missing
            Outcome outcome = outcomes.get(i);
            if (outcome != null) {
                all.add(outcome);
            }
        }
        return all;
    }
}
