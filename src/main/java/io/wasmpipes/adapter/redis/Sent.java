package io.wasmpipes.adapter.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call of send: an answer, or what kept a message from being sent, for each of its messages. Once a message has failed
 * for a reason that may pass, every later one fails too, as do those of the same thread's later calls that were made
 * before this one was awaited: so nothing overtakes.
 */
final class Sent implements Sink.Pending {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What became of one message so far; the answer's text is the entry's id, null if there is no stream. */
    sealed interface Fate {
        record Asked(CompletionStage<String> answer) implements Fate {}

        record Unsent(PipeException why) implements Fate {}
    }

    private final Line line;
    private final @Nullable StatefulRedisConnection<byte[], byte[]> connection;
    private final List<Fate> fates;
    private @Nullable Sent previous;
    private volatile @Nullable List<Outcome> result;
    private volatile boolean broken;

    Sent(
            Line line,
            @Nullable StatefulRedisConnection<byte[], byte[]> connection,
            List<Fate> fates,
            @Nullable Sent previous) {
        this.line = line;
        this.connection = connection;
        this.fates = fates;
        this.previous = previous;
    }

    boolean awaited() {
        return result != null;
    }

    /** Null if nothing was sent. */
    @Nullable
    StatefulRedisConnection<byte[], byte[]> connection() {
        return connection;
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
        Sent earlier = previous;
        if (earlier != null) {
            earlier.await();
        }
        boolean failed = earlier != null && earlier.broken;
        List<Outcome> all = new ArrayList<>(fates.size());
        for (Fate fate : fates) {
            Outcome outcome = outcome(fate);
            if (failed && outcome instanceof Outcome.Confirmed) {
                outcome = new Outcome.Failed(TransientException.outage("an earlier message is not confirmed"));
            }
            failed |= outcome instanceof Outcome.Failed(TransientException _);
            all.add(outcome);
        }
        broken = failed;
        previous = null;
        result = List.copyOf(all);
        return all;
    }

    private Outcome outcome(Fate fate) throws InterruptedException {
        return switch (fate) {
            case Fate.Unsent(PipeException why) -> new Outcome.Failed(why);
            case Fate.Asked(var answer) -> outcome(answer);
        };
    }

    /** Answers come in order, so each may take as long again; a connection that does not answer is given up. */
    private Outcome outcome(CompletionStage<String> answer) throws InterruptedException {
        StatefulRedisConnection<byte[], byte[]> used = connection;
        if (used == null) {
            throw new IllegalStateException("nothing was sent");
        }
        try {
            boolean alive = used.isOpen();
            String id = answer.toCompletableFuture().get(alive ? PATIENCE.toMillis() : 0, TimeUnit.MILLISECONDS);
            return id == null
                    ? new Outcome.Failed(TransientException.outage(RedisSink.missing(line)))
                    : Outcome.Confirmed.YES;
        } catch (TimeoutException e) {
            line.drop(used);
            return new Outcome.Failed(TransientException.outage(line + " does not answer", e));
        } catch (ExecutionException e) {
            String refusal = String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            return new Outcome.Failed(
                    refusal.contains("too large to be stored")
                            ? new PoisonException(line + " refuses: " + refusal)
                            : line.failed(used, e));
        }
    }
}
