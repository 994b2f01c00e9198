package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Context;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.SentBatch;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a topic through an idempotent producer. Confirmed means: every in-sync replica has it. One {@link Outbox}
 * after the other: a producer that has failed is replaced. With an exactly-once source it writes into that one's transactions.
 */
final class KafkaSink implements Sink {
    private static final long PATIENCE_SECONDS = 5;

    /** An outbox and how much its topic takes; no outbox of one's own where there are transactions. */
    private record Way(@Nullable Outbox outbox, int largest, Duration patience) {
        boolean alive() {
            return outbox == null || outbox.alive();
        }

        void close() {
            if (outbox != null) {
                outbox.close();
            }
        }
    }

    private final KafkaSettings settings;
    private final Producers producers;
    private final @Nullable Transactions transactions;
    private final SentBatch.Chains chains = new SentBatch.Chains();
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable Way current;
    private volatile boolean closed;

    /** @param transactions those of the source, null if it has none */
    KafkaSink(KafkaSettings settings, Context context, @Nullable Transactions transactions) {
        this.settings = settings;
        this.producers = new Producers(settings.cluster(), context.limits(), "wasm-pipes-" + context.pipe());
        this.transactions = transactions;
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        open();
    }

    private Way open() throws TransientException, InterruptedException {
        Way way = current;
        if (way != null && way.alive()) {
            return way;
        }
        if (!opening.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw TransientException.outage("Kafka at " + settings.cluster() + " does not answer");
        }
        try {
            way = current;
            if (way != null && way.alive()) {
                return way;
            }
            if (closed) {
                throw TransientException.outage("the sink is closed");
            }
            if (way != null) {
                way.close(); // nothing of the old one is on its way any more
            }
            Way next = begin();
            current = next;
            if (closed) { // close() came in between and has not seen this one
                next.close();
            }
            return next;
        } finally {
            opening.unlock();
        }
    }

    private Way begin() throws TransientException, InterruptedException {
        int largest = Integer.MAX_VALUE;
        Map<String, Object> options = producers.options(Map.of());
        try (Topics topics = Topics.open(settings.cluster(), producers.client())) {
            topics.check(settings.topics());
            if (options.getOrDefault("compression.type", "none").equals("none")) {
                largest = topics.largest(settings.name()).orElse(largest);
            }
        }
        Outbox outbox = transactions == null ? Outbox.closing(producers.open(options), settings.cluster()) : null;
        return new Way(outbox, largest, Producers.patience(options));
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        SentBatch previous = chains.unawaited();
        Way way;
        Outbox outbox;
        try {
            way = open();
            outbox = way.outbox() == null ? transaction() : way.outbox();
        } catch (TransientException e) {
            return chains.add(new SentBatch.Unsent(previous, messages.size(), e));
        }
        if (previous != null && !(previous instanceof Records earlier && earlier.outbox() == outbox)) {
            return chains.add(new SentBatch.Unsent(previous, messages.size(), lost(previous)));
        }
        Records batch = chains.add(new Records(outbox, previous, messages.size(), way.patience()));
        for (int i = 0; i < messages.size(); i++) {
            send(messages.get(i), way.largest(), batch, i);
        }
        return batch;
    }

    private Outbox transaction() throws TransientException {
        if (transactions == null) {
            throw new IllegalStateException("a way without an outbox has transactions");
        }
        return transactions.outbox();
    }

    private void send(Message message, int largest, Records batch, int index) throws InterruptedException {
        Outbox outbox = batch.outbox();
        TransientException failure = outbox.failure();
        if (failure != null) {
            batch.fail(index, failure);
            return;
        }
        try {
            if (transactions == null) {
                outbox.send(Wire.record(settings, message, largest), batch, index, _ -> {});
            } else {
                transactions.checkRefused(message);
                outbox.send(
                        Wire.record(settings, message, largest),
                        batch,
                        index,
                        why -> transactions.refused(message, why, outbox));
            }
        } catch (PoisonException e) {
            batch.fail(index, e);
        }
    }

    private TransientException lost(SentBatch previous) {
        TransientException failure =
                previous instanceof Records earlier ? earlier.outbox().failure() : null;
        return failure == null
                ? TransientException.outage("the producer for Kafka at " + settings.cluster() + " has ended")
                : failure;
    }

    @Override
    public void close() {
        closed = true;
        Way way = current;
        if (way != null) {
            way.close();
        }
    }

    @Override
    public String toString() {
        return "kafka sink of topic " + settings.name();
    }
}
