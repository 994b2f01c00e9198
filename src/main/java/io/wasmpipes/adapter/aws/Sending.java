package io.wasmpipes.adapter.aws;

import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
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
    record Slot(int index, Packet packet) {}

    private final String shown;
    private final boolean ordered;
    private final AtomicReferenceArray<@Nullable Outcome> outcomes;
    private final CountDownLatch missing;
    private final long end = System.nanoTime() + PATIENCE.toNanos();
    private volatile boolean awaited;

    /** {@code ordered}: after a transient failure everything behind it counts as failed. */
    Sending(String shown, int count, boolean ordered) {
        this.shown = shown;
        this.ordered = ordered;
        this.outcomes = new AtomicReferenceArray<>(count);
        this.missing = new CountDownLatch(count);
    }

    static Sending failed(String shown, int count, boolean ordered, PipeException why) {
        Sending sending = new Sending(shown, count, ordered);
        for (int i = 0; i < count; i++) {
            sending.fail(i, why);
        }
        return sending;
    }

    void confirm(int index) {
        end(index, Outcome.Confirmed.YES);
    }

    void fail(int index, PipeException why) {
        end(index, new Outcome.Failed(why));
    }

    void fail(List<Slot> slots, PipeException why) {
        slots.forEach(slot -> fail(slot.index(), why));
    }

    private void end(int index, Outcome outcome) {
        if (outcomes.compareAndSet(index, null, outcome)) {
            missing.countDown();
        }
    }

    boolean late() {
        return System.nanoTime() - end >= 0;
    }

    boolean awaited() {
        return awaited;
    }

    /** Whether a message has failed that is worth sending again, once all have ended. */
    boolean broken() {
        for (int i = 0; i < outcomes.length(); i++) {
            Outcome outcome = outcomes.get(i);
            if (outcome == null || outcome instanceof Outcome.Failed(TransientException _)) {
                return true;
            }
        }
        return false;
    }

    /** Waits until every message has its outcome, or it is too late for any. */
    void awaitEnd() throws InterruptedException {
        if (!missing.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            TransientException why = TransientException.outage(shown + " does not answer in time");
            for (int i = 0; i < outcomes.length(); i++) {
                fail(i, why);
            }
        }
    }

    @Override
    public List<Outcome> await() throws InterruptedException {
        awaitEnd();
        awaited = true;
        List<Outcome> all = new ArrayList<>(outcomes.length());
        boolean broken = false;
        for (int i = 0; i < outcomes.length(); i++) {
            Outcome outcome = java.util.Objects.requireNonNull(outcomes.get(i));
            broken |= outcome instanceof Outcome.Failed(TransientException _);
            boolean poison = outcome instanceof Outcome.Failed(PoisonException _);
            all.add(ordered && broken && !poison ? overtaken(outcome) : outcome);
        }
        return all;
    }

    private static Outcome overtaken(Outcome outcome) {
        return outcome instanceof Outcome.Failed
                ? outcome
                : new Outcome.Failed(TransientException.outage("an earlier message is not confirmed"));
    }
}
