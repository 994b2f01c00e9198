package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.Outcome;
import io.wasmpipes.SentBatch;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Messages of one call under way on one channel. */
final class Confirms extends SentBatch {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Publisher publisher;
    private final AtomicReferenceArray<Outcome> outcomes;
    private final CountDownLatch missing;

    Confirms(@Nullable SentBatch previous, Publisher publisher, int count) {
        super(previous);
        this.publisher = publisher;
        this.outcomes = new AtomicReferenceArray<>(count);
        this.missing = new CountDownLatch(count);
    }

    Publisher publisher() {
        return publisher;
    }

    /** The first outcome of a message counts. */
    void settle(int index, Outcome outcome) {
        if (outcomes.compareAndSet(index, null, outcome)) {
            missing.countDown();
        }
    }

    @Override
    protected List<Outcome> outcomes() throws InterruptedException {
        boolean complete = missing.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        TransientException late = complete ? publisher.why() : publisher.giveUp(PATIENCE);
        List<Outcome> all = new ArrayList<>(outcomes.length());
        for (int i = 0; i < outcomes.length(); i++) {
            Outcome known = outcomes.get(i);
            all.add(known != null ? known : new Outcome.Failed(late));
        }
        return all;
    }
}
