package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where the owner of a consumer and the pipe meet: what has been read and waits to be taken, what is in hand, how far
 * each partition is done. Thread-safe; nothing waits longer than it says.
 */
final class Ledger {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration GLANCE = Duration.ofMillis(2);
    private static final int ENOUGH = 500;

    private final Monitor monitor = new Monitor();
    private final ArrayDeque<KafkaDelivery> ready = new ArrayDeque<>();
    private final Claims claims = new Claims();
    private final @Nullable Gate gate;
    private volatile @Nullable TransientException away;
    private boolean ended;
    private final int limit;
    private int doneSinceCommit;

    /**
     * @param limit how many records may be handed out beyond what has been committed: as many come again after a crash
     * @param exactlyOnce whether all is handed out in epochs
     */
    Ledger(int limit, boolean exactlyOnce) {
        this.limit = limit;
        this.gate = exactlyOnce ? new Gate(this, claims) : null;
    }

    /** Null unless all is handed out in epochs. */
    @Nullable
    Gate gate() {
        return gate;
    }

    /** Takes what the demand admits, waiting for a first one; empty once it has {@link #end}ed without a reason. */
    List<Delivery> take(Demand demand) throws TransientException, InterruptedException {
        List<KafkaDelivery> taken = new ArrayList<>(Math.min(demand.messages(), 512));
        boolean picked = monitor.await(demand.patience(), () -> pick(demand, taken) || away != null || ended);
        if (picked && taken.isEmpty()) {
            TransientException why = away;
            if (why != null && !hasReady()) {
                throw why;
            }
            await(PAUSE, ready::isEmpty); // no room for the next one yet: let nobody spin
        }
        return List.copyOf(taken);
    }

    /** False if there was nothing to pick. */
    private boolean pick(Demand demand, List<KafkaDelivery> taken) {
        int most = gate == null ? limit - claims.exposed() : gate.allowance();
        long bytes = 0;
        while (!ready.isEmpty() && taken.size() < most) {
            KafkaDelivery next = ready.getFirst();
            long size = next.message().size();
            if (!next.isDone() && !demand.admits(size, taken.size(), bytes)) {
                break;
            }
            ready.removeFirst();
            claims.get(next.partition()).take(next);
            if (!next.isDone()) {
                taken.add(next);
                bytes += size;
            }
        }
        if (gate != null) {
            gate.took(taken);
        }
        if (ready.isEmpty()) {
            monitor.wake();
        }
        return !taken.isEmpty() || (!ready.isEmpty() && most > 0);
    }

    /** Settles what is still ours. */
    void settle(List<Settled> settled) {
        for (Settled each : settled) {
            if (each.delivery() instanceof KafkaDelivery delivery) {
                switch (each.settlement()) {
                    case Settlement.Done _, Settlement.Reject _ -> delivery.done();
                    case Settlement.Retry(Duration delay, Throwable _) -> change(() -> giveBack(delivery, delay));
                }
            }
        }
        change(() -> {}); // there may be something to commit
    }

    private void giveBack(KafkaDelivery delivery, Duration delay) {
        Claim claim = claims.find(delivery.partition());
        long at = System.nanoTime() + delay.toNanos();
        if (claim != null && gate != null) {
            gate.giveBack(delivery, claim, at);
        } else if (claim != null && claim.rewind(delivery, at)) {
            drop(Set.of(delivery.partition()));
        }
    }

    /** What has been read of these and not been taken is dropped; with the lock. */
    void drop(Collection<TopicPartition> partitions) {
        ready.removeIf(next -> partitions.contains(next.partition()));
    }

    /** Puts down what the owner has read. */
    void offer(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        change(() -> records.forEach(this::offer));
    }

    private void offer(ConsumerRecord<byte[], byte[]> record) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        Claim claim = claims.find(partition);
        if (claim != null && !claim.isRewinding()) {
            long offset = record.offset();
            KafkaDelivery fresh = new KafkaDelivery(partition, offset, Wire.message(record), claim.attempt(offset));
            ready.addLast(claim.deliver(offset, fresh));
        }
    }

    /** Waits until all that was read has been taken, or it is time to commit, at most {@code patience}; whether it has. */
    boolean awaitTaken(Duration patience) throws InterruptedException {
        await(patience, () -> ready.isEmpty() || enoughDone());
        return !hasReady();
    }

    /** Whether so much is done that a commit should not wait. */
    boolean enoughDone() {
        return doneSinceCommit() >= Math.clamp(limit / 4, 1, ENOUGH);
    }

    boolean hasReady() {
        return ask(() -> !ready.isEmpty());
    }

    /** Waits until {@code holds}, which is asked with the lock, or until the end, at most {@code patience}. */
    void await(Duration patience, BooleanSupplier holds) throws InterruptedException {
        boolean _ = monitor.await(patience, () -> ended || holds.getAsBoolean());
    }

    void claim(Collection<TopicPartition> partitions) {
        change(() -> claims.add(partitions));
    }

    Set<TopicPartition> rewinding() {
        return ask(claims::rewinding);
    }

    Map<TopicPartition, Long> dueRewinds() {
        return ask(claims::dueRewinds);
    }

    /** How many records have been done since the last commit, gaps not counted. */
    int doneSinceCommit() {
        return ask(() -> doneSinceCommit += claims.advance());
    }

    /** What to commit now. */
    Map<TopicPartition, OffsetAndMetadata> toCommit() {
        return ask(() -> {
            doneSinceCommit = 0;
            return claims.toCommit();
        });
    }

    void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        change(() -> claims.committed(offsets));
    }

    /** Nothing more may be sent of these partitions; what has been sent may still become done. */
    void lapse(Collection<TopicPartition> partitions) {
        change(() -> {
            drop(partitions);
            claims.lapse(partitions);
        });
    }

    /** Waits until nobody works on these partitions any more, at most {@code patience}. */
    void awaitIdle(Collection<TopicPartition> partitions, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - end < 0 && !monitor.await(GLANCE, () -> claims.areIdle(partitions))) {
            // what a delivery says of itself wakes nobody
        }
    }

    /** These partitions are somebody else's: all of them in hand is dead. */
    void forget(Collection<TopicPartition> partitions) {
        change(() -> {
            drop(partitions);
            claims.remove(partitions);
        });
    }

    /** As {@link #forget}, of all. */
    void forgetAll() {
        forget(ask(claims::partitions));
    }

    /** Says why nothing comes, until it does again: null. */
    void away(@Nullable TransientException why) {
        change(() -> {
            away = why;
        });
    }

    /** Nothing will come any more; who waits stops waiting. */
    void end() {
        change(() -> {
            ended = true;
            ready.clear();
        });
    }

    /** As {@link Monitor#change}. */
    void change(Runnable action) {
        monitor.change(action);
    }

    /** As {@link Monitor#ask}. */
    <T> T ask(Supplier<T> question) {
        return monitor.ask(question);
    }
}
