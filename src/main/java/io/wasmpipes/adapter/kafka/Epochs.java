package io.wasmpipes.adapter.kafka;

import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Exactly once, one epoch after the other: a transaction begins, one receive hands out at most a batch, and when all of it
 * is done the offsets and all that was sent are committed together. Anything else aborts it, and it is read again. Owned by
 * the consumer's thread.
 */
final class Epochs {
    private static final Duration TURN = Duration.ofMillis(100);
    private static final Duration BRIEFLY = Duration.ofMillis(2);

    private final Consumer<?, ?> consumer;
    private final Ledger ledger;
    private final Gate gate;
    private final Transactions transactions;
    private final int batch;
    private boolean open;
    private long openedAt;

    /** @param batch how much goes into one transaction at most */
    Epochs(Consumer<?, ?> consumer, Ledger ledger, Transactions transactions, int batch) {
        this.consumer = consumer;
        this.ledger = ledger;
        this.gate = Objects.requireNonNull(ledger.gate());
        this.transactions = transactions;
        this.batch = batch;
    }

    /** Does what there is to do, for a tenth of a second at most; whether there is nothing but to read on. */
    boolean turn() throws TransientException, InterruptedException {
        if (open) {
            end(gate.await(TURN));
        }
        if (open && System.nanoTime() - openedAt > transactions.timeout().toNanos() * 4 / 5) {
            gate.expire();
        }
        if (!open && ledger.hasReady()) {
            begin();
        }
        return !open && !ledger.hasReady();
    }

    private void begin() throws TransientException, InterruptedException {
        if (!transactions.mayBegin(gate)) {
            ledger.await(BRIEFLY, () -> false);
            return;
        }
        transactions.begin(gate);
        open = true;
        openedAt = System.nanoTime();
        gate.open(batch);
    }

    /** Before anything is read: what an earlier process left open is ended, so that its offsets are known. */
    void prepare() throws TransientException {
        transactions.prepare();
    }

    private void end(Gate.Verdict verdict) {
        switch (verdict) {
            case OPEN -> {}
            case DONE -> commit();
            case BROKEN -> abort();
        }
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> offsets = ledger.toCommit();
        transactions.commit(offsets, consumer.groupMetadata());
        ledger.committed(offsets);
        gate.close();
        open = false;
    }

    private void abort() {
        open = false;
        gate.rewind();
        transactions.abort();
    }

    /** Ends what is open: committed if it is done within {@code patience}, else aborted. */
    void finish(Duration patience) throws InterruptedException {
        if (open) {
            gate.stopTaking();
            Gate.Verdict verdict = gate.await(patience);
            end(verdict == Gate.Verdict.OPEN ? Gate.Verdict.BROKEN : verdict);
        }
    }

    /** Aborts what is open, since partitions are lost or a commit has failed. */
    void giveUp() {
        if (open) {
            try {
                abort();
            } catch (KafkaException e) {
                transactions.close(); // the next producer of the same id ends it
            }
        }
    }

    void close() {
        giveUp();
        transactions.close();
    }
}
