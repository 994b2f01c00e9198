package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.SentBatch;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The records of one call of send. The producer's thread tells what becomes of each. */
final class Records extends SentBatch {
    private final Outbox outbox;
    private final Duration patience;
    private final AtomicReferenceArray<@Nullable Outcome> outcomes;
    private final CountDownLatch missing;

    Records(Outbox outbox, @Nullable SentBatch previous, int count, Duration patience) {
        super(previous);
        this.outbox = outbox;
        this.patience = patience;
        this.outcomes = new AtomicReferenceArray<>(count);
        this.missing = new CountDownLatch(count);
    }

    Outbox outbox() {
        return outbox;
    }

    void confirm(int index) {
        settle(index, Outcome.Confirmed.YES);
    }

    void fail(int index, PipeException why) {
        settle(index, new Outcome.Failed(why));
    }

    private void settle(int index, Outcome outcome) {
        if (outcomes.compareAndSet(index, null, outcome)) {
            missing.countDown();
        }
    }

    @Override
    protected List<Outcome> outcomes() throws InterruptedException {
        if (!missing.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            outbox.breakDown(late());
        }
        List<Outcome> all = new ArrayList<>(outcomes.length());
        for (int i = 0; i < outcomes.length(); i++) {
            Outcome known = outcomes.get(i);
            all.add(known == null ? new Outcome.Failed(late()) : known);
        }
        return all;
    }

    private static TransientException late() {
        return TransientException.outage("Kafka has not acknowledged in time");
    }
}
