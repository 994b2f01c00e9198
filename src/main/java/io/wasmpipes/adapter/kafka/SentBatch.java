package io.wasmpipes.adapter.kafka;

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

/**
 * Messages of one call of send. After a transient failure every later message of the same call fails too, and so does
 * every later call of the same thread that was made before this one was awaited. Sender thread and caller settle it.
 */
final class SentBatch implements Sink.Pending {
    /** The last batch of each thread, to chain the next one to. */
    @SuppressWarnings("ThreadLocalUsage") // one chain per thread and sink
    static final class Chains {
        private final ThreadLocal<@Nullable SentBatch> last = new ThreadLocal<>();

        /** The calling thread's last batch if it has not been awaited yet. */
        @Nullable
        SentBatch unawaited() {
            SentBatch batch = last.get();
            return batch == null || batch.result != null ? null : batch;
        }

        SentBatch add(SentBatch batch) {
            last.set(batch);
            return batch;
        }
    }

    private final @Nullable Outbox outbox;
    private final Duration patience;
    private final AtomicReferenceArray<@Nullable Outcome> outcomes;
    private final CountDownLatch missing;
    private @Nullable SentBatch previous;
    private volatile @Nullable List<Outcome> result;
    private volatile boolean broken;

    /** @param outbox null if nothing is sent */
    SentBatch(@Nullable Outbox outbox, @Nullable SentBatch previous, int count, Duration patience) {
        this.outbox = outbox;
        this.previous = previous;
        this.patience = patience;
        this.outcomes = new AtomicReferenceArray<>(count);
        this.missing = new CountDownLatch(count);
    }

    @Nullable
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
    public List<Outcome> await() throws InterruptedException {
        List<Outcome> known = result;
        return known != null ? known : resolve();
    }

    private synchronized List<Outcome> resolve() throws InterruptedException {
        List<Outcome> known = result;
        if (known != null) {
            return known;
        }
        SentBatch earlier = previous;
        if (earlier != null) {
            earlier.await();
        }
        if (!missing.await(patience.toMillis(), TimeUnit.MILLISECONDS) && outbox != null) {
            outbox.breakDown(late());
        }
        List<Outcome> all = inOrder(earlier != null && earlier.broken);
        previous = null;
        result = all;
        return all;
    }

    private List<Outcome> inOrder(boolean brokenBefore) {
        boolean failed = brokenBefore;
        List<Outcome> all = new ArrayList<>(outcomes.length());
        for (int i = 0; i < outcomes.length(); i++) {
            Outcome known = outcomes.get(i);
            Outcome own = known == null ? new Outcome.Failed(late()) : known;
            boolean poison = own instanceof Outcome.Failed(PoisonException _);
            failed |= own instanceof Outcome.Failed(TransientException _);
            all.add(failed && !poison && own instanceof Outcome.Confirmed ? overtaken() : own);
        }
        broken = failed;
        return all;
    }

    private static TransientException late() {
        return TransientException.outage("Kafka has not acknowledged in time");
    }

    private static Outcome overtaken() {
        return new Outcome.Failed(TransientException.outage("an earlier message is not confirmed"));
    }
}
