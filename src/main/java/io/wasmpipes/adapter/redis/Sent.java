package io.wasmpipes.adapter.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.SentBatch;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One call of send: an answer, or what kept a message from being sent, for each of its messages. */
final class Sent extends SentBatch {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What became of one message so far; the answer's text is the entry's id, null if there is no stream. */
    sealed interface Fate {
        record Asked(CompletionStage<String> answer) implements Fate {}

        record Unsent(PipeException why) implements Fate {}
    }

    private final Line line;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final List<Fate> fates;

    Sent(
            Line line,
            StatefulRedisConnection<byte[], byte[]> connection,
            List<Fate> fates,
            @Nullable SentBatch previous) {
        super(previous);
        this.line = line;
        this.connection = connection;
        this.fates = fates;
    }

    StatefulRedisConnection<byte[], byte[]> connection() {
        return connection;
    }

    @Override
    protected List<Outcome> outcomes() throws InterruptedException {
        List<Outcome> all = new ArrayList<>(fates.size());
        for (Fate fate : fates) {
            all.add(outcome(fate));
        }
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
        try {
            boolean alive = connection.isOpen();
            String id = answer.toCompletableFuture().get(alive ? PATIENCE.toMillis() : 0, TimeUnit.MILLISECONDS);
            return id == null
                    ? new Outcome.Failed(TransientException.outage(RedisSink.missing(line)))
                    : Outcome.Confirmed.YES;
        } catch (TimeoutException e) {
            line.drop(connection);
            return new Outcome.Failed(TransientException.outage(line + " does not answer", e));
        } catch (ExecutionException e) {
            String refusal = String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            return new Outcome.Failed(
                    refusal.contains("too large to be stored")
                            ? new PoisonException(line + " refuses: " + refusal)
                            : line.failed(connection, e));
        }
    }
}
