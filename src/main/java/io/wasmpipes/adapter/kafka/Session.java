package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Limits;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.Collection;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One consumer from its making to its end, and the thread that owns it. The thread always polls, so that the group keeps
 * us as a member; partitions are paused while nobody takes what has been read. When the consumer fails the session ends.
 */
final class Session implements Runnable, ConsumerRebalanceListener {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration BRIEFLY = Duration.ofMillis(5);
    private static final long BRIEFLY_EVERY = Duration.ofMillis(50).toNanos();
    private static final Duration REVOCATION = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final Duration LAST_WORDS = Duration.ofSeconds(7);

    private final Consumer<byte[], byte[]> consumer;
    private final KafkaSettings settings;
    private final Ledger ledger;
    private final @Nullable Epochs epochs;
    private final Commits commits;
    private final Pulse pulse;
    private final Thread owner;
    private final Valve valve;
    private long lastPoll = System.nanoTime();
    private volatile @Nullable TransientException failure;
    private volatile boolean stopping;

    /** @param transactions null unless it is to be exactly once */
    Session(
            Consumer<byte[], byte[]> consumer,
            KafkaSettings settings,
            @Nullable Transactions transactions,
            Limits limits) {
        this.consumer = consumer;
        this.settings = settings;
        this.ledger = new Ledger(limits.maxInFlight(), transactions != null);
        this.epochs = transactions == null ? null : new Epochs(consumer, ledger, transactions, limits.batchSize());
        this.valve = new Valve(consumer);
        this.commits = new Commits(consumer, ledger, this::fail);
        this.pulse = new Pulse(consumer, settings.cluster(), ledger);
        this.owner =
                Thread.ofPlatform().daemon().name("kafka-" + settings.name()).unstarted(this);
    }

    Session start() {
        owner.start();
        return this;
    }

    Ledger ledger() {
        return ledger;
    }

    OptionalLong lag() {
        return pulse.lag();
    }

    boolean alive() {
        return failure == null && !stopping;
    }

    /** Why it has ended; null if it has not, or was closed. */
    @Nullable
    TransientException failure() {
        return failure;
    }

    /** Commits what is done, leaves the group; within some seconds. Safe twice. */
    void close() throws InterruptedException {
        stopping = true;
        ledger.end();
        owner.join(LAST_WORDS);
    }

    @Override
    public void run() {
        try {
            if (epochs != null) {
                epochs.prepare();
            }
            consumer.subscribe(settings.topics(), this);
            while (!stopping) {
                step();
            }
            settleUp(Duration.ZERO);
        } catch (TransientException e) {
            failure = e;
        } catch (KafkaException | IllegalStateException | IllegalArgumentException e) {
            failure = settings.cluster().outage(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    private void fail(Exception e) {
        failure = settings.cluster().outage(e);
        stopping = true;
    }

    private void end() {
        stopping = true;
        if (epochs != null) {
            epochs.close();
        }
        if (failure != null) {
            ledger.away(failure);
            ledger.forgetAll();
        }
        ledger.end();
        try {
            consumer.close(CloseOptions.timeout(ANSWER));
        } catch (KafkaException e) {
            // it has ended all the same
        }
        ledger.forgetAll();
    }

    private void step() throws TransientException, InterruptedException {
        boolean taken = epochs == null ? ledger.awaitTaken(POLL) : epochs.turn();
        ledger.dueRewinds().forEach((partition, offset) -> consumer.seek(partition, offset));
        valve.startFresh();
        valve.turn(!taken, ledger.rewinding());
        if (taken || commits.underWay() || System.nanoTime() - lastPoll > BRIEFLY_EVERY) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(taken ? POLL : BRIEFLY);
            lastPoll = System.nanoTime();
            if (!records.isEmpty()) {
                ledger.offer(records);
            }
        }
        if (epochs == null) {
            commits.send();
        }
        pulse.feel();
    }

    /** Commits what is done; in epochs what is done within {@code patience}. */
    private void settleUp(Duration patience) throws InterruptedException {
        if (epochs == null) {
            commits.now();
        } else {
            epochs.finish(patience);
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        ledger.claim(partitions);
        if (settings.offset() == KafkaSettings.Offset.NEWEST) {
            valve.holdBack(partitions);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        try {
            if (epochs == null) {
                ledger.lapse(partitions);
            }
            if (epochs == null && !stopping) {
                ledger.awaitIdle(partitions, REVOCATION);
            }
            settleUp(stopping ? Duration.ZERO : REVOCATION);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (KafkaException e) { // the next owner reads again what could not be committed
            if (epochs != null) {
                epochs.giveUp();
            }
        }
        forget(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        if (epochs != null) {
            epochs.giveUp();
        }
        forget(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
        ledger.forget(partitions);
        valve.forget(partitions);
    }
}
