package io.wasmpipes.adapter.kafka;

import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.Map;
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
    private final Transactions transactions;
    private final int batch;
    private boolean open;
    private long openedAt;

    Epochs(Consumer<?, ?> consumer, Ledger ledger, Transactions transactions, int batch) {
        this.consumer = consumer;
        this.ledger = ledger;
        this.transactions = transactions;
        this.batch = batch;
        ledger.gate();
    }

    /** Does what there is to do, for a tenth of a second at most; whether there is nothing but to read on. */
    boolean turn() throws TransientException, InterruptedException {
        if (open) {
            end(ledger.awaitEpoch(TURN));
        }
        if (open && System.nanoTime() - openedAt > transactions.timeout().toNanos() * 4 / 5) {
            ledger.expireEpoch();
        }
        if (!open && ledger.hasReady()) {
            begin();
        }
        return !open && !ledger.hasReady();
    }

    private void begin() throws TransientException, InterruptedException {
        if (!transactions.mayBegin(ledger)) {
            ledger.pause(BRIEFLY);
            return;
        }
        transactions.begin(ledger);
        open = true;
        openedAt = System.nanoTime();
        ledger.openEpoch(batch);
    }

    /** Before anything is read: what an earlier process left open is ended, so that its offsets are known. */
    void prepare() throws TransientException {
        transactions.prepare();
    }

    private void end(Ledger.Verdict verdict) {
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
        ledger.closeEpoch();
        open = false;
    }

    private void abort() {
        open = false;
        ledger.rewindEpoch();
        transactions.abort();
    }

    /** Ends what is open: committed if it is done within {@code patience}, else aborted. */
    void finish(Duration patience) throws InterruptedException {
        if (open) {
            ledger.stopTaking();
            Ledger.Verdict verdict = ledger.awaitEpoch(patience);
            end(verdict == Ledger.Verdict.OPEN ? Ledger.Verdict.BROKEN : verdict);
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
