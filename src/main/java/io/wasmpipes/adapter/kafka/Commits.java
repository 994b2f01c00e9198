package io.wasmpipes.adapter.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;

/** Commits what the ledger says is done: now and then without waiting, and at once where it must be. Owned by the consumer's thread. */
final class Commits {
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final long EVERY = Duration.ofMillis(100).toNanos();

    private final Consumer<?, ?> consumer;
    private final Ledger ledger;
    private final java.util.function.Consumer<Exception> refused;
    private boolean underWay;
    private boolean again;
    private long next = System.nanoTime();

    /** @param refused hears of a failure that repetition does not mend */
    Commits(Consumer<?, ?> consumer, Ledger ledger, java.util.function.Consumer<Exception> refused) {
        this.consumer = consumer;
        this.ledger = ledger;
        this.refused = refused;
    }

    /** Sends a commit if it is time for one. */
    void send() {
        int done = ledger.doneSinceCommit();
        long now = System.nanoTime();
        if (underWay || (done == 0 && !again) || (now - next < 0 && !ledger.enoughDone())) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = ledger.toCommit();
        underWay = true;
        again = false;
        next = now + EVERY;
        consumer.commitAsync(offsets, (_, e) -> {
            underWay = false;
            if (e == null) {
                ledger.committed(offsets);
            } else if (passes(e)) {
                again = true;
            } else {
                refused.accept(e);
            }
        });
    }

    /** Whether one has been sent and not been answered: the answer comes with the next poll. */
    boolean underWay() {
        return underWay;
    }

    /** Whether the next commit may succeed where this one has not. */
    static boolean passes(Exception e) {
        return e instanceof RetriableException
                || e instanceof RebalanceInProgressException
                || e instanceof CommitFailedException
                || e instanceof RetriableCommitFailedException;
    }

    /** Commits and waits for it. */
    void now() {
        Map<TopicPartition, OffsetAndMetadata> offsets = ledger.toCommit();
        if (!offsets.isEmpty()) {
            consumer.commitSync(offsets, ANSWER);
            ledger.committed(offsets);
        }
    }
}
