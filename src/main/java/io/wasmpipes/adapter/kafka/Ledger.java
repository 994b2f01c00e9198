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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where the owner of a consumer and the pipe meet: what has been read and waits to be taken, what is in hand, how far
 * each partition is done. Thread-safe; nothing waits longer than it says.
 */
final class Ledger {
    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<KafkaDelivery> ready = new ArrayDeque<>();
    private final Map<TopicPartition, Claim> claims = new HashMap<>();
    private @Nullable TransientException away;
    private boolean ended;
    private int doneSinceCommit;
    private int allowance = Integer.MAX_VALUE;
    private final Epoch epoch = new Epoch();

    /** How an epoch stands. */
    enum Verdict {
        /** Something is not settled, or nothing has been taken. */
        OPEN,
        DONE,
        /** It must be aborted. */
        BROKEN
    }

    /** What one transaction is about: all that was handed out since it began. Guarded by the lock. */
    private static final class Epoch {
        private boolean gated;
        private boolean broken;
        private long notBefore = System.nanoTime();
        private List<KafkaDelivery> taken = List.of();
        private List<KafkaDelivery> earlier = List.of();

        Verdict verdict() {
            if (broken || taken.stream().anyMatch(delivery -> delivery.isReleased() && !delivery.isDone())) {
                return Verdict.BROKEN;
            }
            boolean done = !taken.isEmpty() && taken.stream().allMatch(KafkaDelivery::isDone);
            return done ? Verdict.DONE : Verdict.OPEN;
        }
    }

    /** Takes what the demand admits, waiting for a first one; empty once it has {@link #end}ed without a reason. */
    List<Delivery> take(Demand demand) throws TransientException, InterruptedException {
        lock.lockInterruptibly();
        try {
            List<Delivery> taken = new ArrayList<>(Math.min(demand.messages(), 512));
            long left = demand.patience().toNanos();
            while (!pick(demand, taken)) {
                if (away != null) {
                    throw away;
                }
                if (ended || left <= 0) {
                    return taken;
                }
                left = changed.awaitNanos(left);
            }
            long pause = PAUSE_NANOS;
            while (taken.isEmpty() && !ready.isEmpty() && pause > 0) { // no room for the next one: let nobody spin
                pause = changed.awaitNanos(pause);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** False if there was nothing to pick. */
    private boolean pick(Demand demand, List<Delivery> taken) {
        if (allowance == 0) {
            return false;
        }
        long bytes = 0;
        for (KafkaDelivery next = ready.peekFirst();
                next != null && taken.size() < allowance;
                next = ready.peekFirst()) {
            long size = next.message().size();
            if (!next.isDone() && !demand.admits(size, taken.size(), bytes)) {
                break;
            }
            ready.removeFirst();
            claimOf(next.partition()).take(next);
            if (!next.isDone()) {
                taken.add(next);
                bytes += size;
            }
        }
        if (epoch.gated && !taken.isEmpty()) {
            allowance = 0;
            epoch.taken = taken.stream().map(KafkaDelivery.class::cast).toList();
        }
        if (ready.isEmpty()) {
            changed.signalAll();
        }
        return !taken.isEmpty() || !ready.isEmpty();
    }

    /** Settles what is still ours. */
    void settle(List<Settled> settled) {
        settleEach(settled);
        if (epoch.gated) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void settleEach(List<Settled> settled) {
        for (Settled each : settled) {
            if (each.delivery() instanceof KafkaDelivery delivery) {
                switch (each.settlement()) {
                    case Settlement.Done _, Settlement.Reject _ -> delivery.done();
                    case Settlement.Retry(Duration delay, Throwable _) -> rewind(delivery, delay);
                }
            }
        }
    }

    private void rewind(KafkaDelivery delivery, Duration delay) {
        lock.lock();
        try {
            Claim claim = claims.get(delivery.partition());
            if (claim != null && epoch.gated) {
                if (delivery.giveBack()) {
                    claim.countAttempt(delivery.offset());
                    epoch.notBefore = System.nanoTime() + delay.toNanos();
                    breakEpoch();
                }
            } else if (claim != null && claim.rewind(delivery, System.nanoTime() + delay.toNanos())) {
                ready.removeIf(next -> next.partition().equals(delivery.partition()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Puts down what the owner has read. */
    void offer(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        lock.lock();
        try {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                Claim claim = claims.get(partition);
                if (claim != null && !claim.isRewinding()) {
                    int attempt = claim.attempt(record.offset());
                    ready.addLast(claim.deliver(
                            record.offset(),
                            new KafkaDelivery(partition, record.offset(), Wire.message(record), attempt)));
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all that was read has been taken, at most {@code patience}; whether it has. */
    boolean awaitTaken(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (!ready.isEmpty() && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** From now on all is handed out in epochs. */
    void gate() {
        lock.lock();
        try {
            epoch.gated = true;
            allowance = 0;
        } finally {
            lock.unlock();
        }
    }

    boolean hasReady() {
        lock.lock();
        try {
            return !ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The next receive that takes something takes at most so much, and is the only one of this epoch. */
    void openEpoch(int messages) {
        lock.lock();
        try {
            epoch.broken = false;
            epoch.notBefore = System.nanoTime();
            allowance = messages;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more goes into the open epoch; one into which nothing has gone is broken. */
    void stopTaking() {
        lock.lock();
        try {
            allowance = 0;
            epoch.broken |= epoch.taken.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for so long. */
    void pause(Duration time) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = time.toNanos();
            while (!ended && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the epoch is done or broken, at most {@code patience}. */
    Verdict awaitEpoch(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (epoch.verdict() == Verdict.OPEN && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return epoch.verdict();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing of the open epoch may be sent any more; any thread. */
    void breakEpoch() {
        lock.lock();
        try {
            epoch.broken = true;
            allowance = 0;
            epoch.taken.forEach(KafkaDelivery::end);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The open epoch has taken too long: what of it is not done counts one more attempt. */
    void expireEpoch() {
        lock.lock();
        try {
            for (KafkaDelivery delivery : epoch.taken) {
                Claim claim = claims.get(delivery.partition());
                if (claim != null && delivery.live()) {
                    claim.countAttempt(delivery.offset());
                }
            }
            breakEpoch();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the open epoch; all of it is read again. */
    void rewindEpoch() {
        lock.lock();
        try {
            breakEpoch();
            for (Claim claim : claims.values()) {
                if (claim.rewindAll(epoch.notBefore)) {
                    ready.removeIf(next -> next.partition().equals(claim.partition()));
                }
            }
            closeEpoch();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the open epoch, which is done. */
    void closeEpoch() {
        lock.lock();
        try {
            allowance = 0;
            if (!epoch.taken.isEmpty()) {
                epoch.earlier = epoch.taken;
                epoch.taken = List.of();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody can send anything of an earlier epoch any more. */
    boolean isReleased() {
        lock.lock();
        try {
            return epoch.earlier.stream().allMatch(delivery -> delivery.isDone() || delivery.isReleased());
        } finally {
            lock.unlock();
        }
    }

    void claim(Collection<TopicPartition> partitions) {
        lock.lock();
        try {
            partitions.forEach(partition -> claims.put(partition, new Claim(partition)));
        } finally {
            lock.unlock();
        }
    }

    private Claim claimOf(TopicPartition partition) {
        return Objects.requireNonNull(claims.get(partition), "what is ready is of a partition that is ours");
    }

    /** The partitions of which nothing is to be read for now. */
    Set<TopicPartition> rewinding() {
        lock.lock();
        try {
            Set<TopicPartition> rewinding = new HashSet<>(0);
            for (Claim claim : claims.values()) {
                if (claim.isRewinding()) {
                    rewinding.add(claim.partition());
                }
            }
            return rewinding;
        } finally {
            lock.unlock();
        }
    }

    /** Where to read again now. */
    Map<TopicPartition, Long> dueRewinds() {
        lock.lock();
        try {
            Map<TopicPartition, Long> due = new HashMap<>(0);
            long now = System.nanoTime();
            claims.values().forEach(claim -> claim.dueRewind(now).ifPresent(to -> due.put(claim.partition(), to)));
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** How many records have been done since the last commit, gaps not counted. */
    int doneSinceCommit() {
        lock.lock();
        try {
            claims.values().forEach(claim -> doneSinceCommit += claim.advance());
            return doneSinceCommit;
        } finally {
            lock.unlock();
        }
    }

    /** What to commit now. */
    Map<TopicPartition, OffsetAndMetadata> toCommit() {
        lock.lock();
        try {
            doneSinceCommit = 0;
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (Claim claim : claims.values()) {
                claim.advance();
                OffsetAndMetadata offset = claim.toCommit();
                if (offset != null) {
                    offsets.put(claim.partition(), offset);
                }
            }
            return offsets;
        } finally {
            lock.unlock();
        }
    }

    void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        lock.lock();
        try {
            offsets.forEach((partition, offset) -> {
                Claim claim = claims.get(partition);
                if (claim != null) {
                    claim.committed(offset.offset());
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more may be sent of these partitions; what has been sent may still become done. */
    void lapse(Collection<TopicPartition> partitions) {
        lock.lock();
        try {
            ready.removeIf(next -> partitions.contains(next.partition()));
            partitions.stream().map(claims::get).forEach(claim -> {
                if (claim != null) {
                    claim.lapse();
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody works on these partitions any more, at most {@code patience}. */
    void awaitIdle(Collection<TopicPartition> partitions, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (claims.values().stream().anyMatch(claim -> partitions.contains(claim.partition()) && !claim.isIdle())
                    && System.nanoTime() - end < 0) {
                boolean _ = changed.await(2, TimeUnit.MILLISECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** These partitions are somebody else's: all of them in hand is dead. */
    void forget(Collection<TopicPartition> partitions) {
        lock.lock();
        try {
            ready.removeIf(next -> partitions.contains(next.partition()));
            for (TopicPartition partition : partitions) {
                Claim claim = claims.remove(partition);
                if (claim != null) {
                    claim.end();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #forget(Collection)}, of all. */
    void forgetAll() {
        lock.lock();
        try {
            forget(Set.copyOf(claims.keySet()));
        } finally {
            lock.unlock();
        }
    }

    /** Says why nothing comes, until it does again: null. */
    void away(@Nullable TransientException why) {
        lock.lock();
        try {
            away = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing will come any more; who waits stops waiting. */
    void end() {
        lock.lock();
        try {
            ended = true;
            ready.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
