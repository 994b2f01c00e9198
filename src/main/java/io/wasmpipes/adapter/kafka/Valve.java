package io.wasmpipes.adapter.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;

/** Which partitions flow: nothing is read of one that is paused. Of the consumer's own thread. */
final class Valve {
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final Consumer<byte[], byte[]> consumer;
    private final Set<TopicPartition> unstarted = new HashSet<>();
    private final Set<TopicPartition> paused = new HashSet<>();

    Valve(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** Nothing is read of these before {@link #startFresh} knows where. */
    void holdBack(Collection<TopicPartition> partitions) {
        unstarted.addAll(partitions);
        consumer.pause(partitions);
        paused.addAll(partitions);
    }

    void forget(Collection<TopicPartition> partitions) {
        unstarted.removeAll(partitions);
        paused.removeAll(partitions);
    }

    /** Pauses all partitions, or those that are to rest and those not started, and resumes the others. */
    void turn(boolean all, Set<TopicPartition> rewinding) {
        if (!all && paused.isEmpty() && unstarted.isEmpty() && rewinding.isEmpty()) {
            return;
        }
        Set<TopicPartition> pause = new HashSet<>();
        Set<TopicPartition> resume = new HashSet<>();
        for (TopicPartition partition : consumer.assignment()) {
            boolean rest = all || unstarted.contains(partition) || rewinding.contains(partition);
            if (rest && paused.add(partition)) {
                pause.add(partition);
            } else if (!rest && paused.remove(partition)) {
                resume.add(partition);
            }
        }
        if (!pause.isEmpty()) {
            consumer.pause(pause);
        }
        if (!resume.isEmpty()) {
            consumer.resume(resume);
        }
    }

    /**
     * A new group that begins with the newest writes that down at once: what comes from now on is its own, even if it
     * ends before it has done anything.
     */
    void startFresh() {
        if (unstarted.isEmpty()) {
            return;
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> known = consumer.committed(unstarted, ANSWER);
            Set<TopicPartition> fresh = new HashSet<>(unstarted);
            fresh.removeIf(partition -> known.get(partition) != null);
            if (!fresh.isEmpty()) {
                Map<TopicPartition, OffsetAndMetadata> starts = new HashMap<>();
                consumer.endOffsets(fresh, ANSWER).forEach((partition, end) -> {
                    consumer.seek(partition, end);
                    starts.put(partition, new OffsetAndMetadata(end));
                });
                consumer.commitSync(starts, ANSWER);
            }
            unstarted.clear();
        } catch (RetriableException | RebalanceInProgressException | CommitFailedException e) {
            // next time
        }
    }
}
