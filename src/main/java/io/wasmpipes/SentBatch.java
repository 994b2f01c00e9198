package io.wasmpipes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one call of send at a sink that promises {@link Promise#SENDS_IN_ORDER}. After a transient failure every later
 * message of the same call fails too, and so does every later call of the same thread that was made before this one was
 * awaited: thus nothing overtakes.
 */
public abstract class SentBatch implements Sink.Pending {
    /** The last batch of each thread, to chain the next one to. */
    @SuppressWarnings("ThreadLocalUsage") // one chain per thread and sink
    public static final class Chains {
        private final ThreadLocal<@Nullable SentBatch> last = new ThreadLocal<>();

        /** The calling thread's last batch if it has not been awaited yet. */
        public @Nullable SentBatch unawaited() {
            SentBatch batch = last.get();
            return batch == null || batch.result != null ? null : batch;
        }

        public <B extends SentBatch> B add(B batch) {
            last.set(batch);
            return batch;
        }
    }

    private @Nullable SentBatch previous;
    private volatile @Nullable List<Outcome> result;
    private volatile boolean broken;

    /** {@code previous} is the calling thread's last batch if it has not been awaited: see {@link Chains#unawaited}. */
    protected SentBatch(@Nullable SentBatch previous) {
        this.previous = previous;
    }

    /** Waits for what the server says; one per message. */
    protected abstract List<Outcome> outcomes() throws InterruptedException;

    @Override
    public final List<Outcome> await() throws InterruptedException {
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
        List<Outcome> all = inOrder(outcomes(), earlier != null && earlier.broken);
        previous = null;
        result = all;
        return all;
    }

    private List<Outcome> inOrder(List<Outcome> own, boolean brokenBefore) {
        boolean failed = brokenBefore;
        List<Outcome> all = new ArrayList<>(own.size());
        for (Outcome outcome : own) {
            boolean poison = outcome instanceof Outcome.Failed(PoisonException _);
            failed |= outcome instanceof Outcome.Failed(TransientException _);
            all.add(failed && !poison && outcome instanceof Outcome.Confirmed ? overtaken() : outcome);
        }
        broken = failed;
        return all;
    }

    private static Outcome overtaken() {
        return new Outcome.Failed(TransientException.outage("an earlier message is not confirmed"));
    }

    /** A batch of which nothing was sent. */
    public static final class Unsent extends SentBatch {
        private final int count;
        private final TransientException why;

        public Unsent(@Nullable SentBatch previous, int count, TransientException why) {
            super(previous);
            this.count = count;
            this.why = why;
        }

        @Override
        protected List<Outcome> outcomes() {
            return Collections.nCopies(count, new Outcome.Failed(why));
        }
    }
}
