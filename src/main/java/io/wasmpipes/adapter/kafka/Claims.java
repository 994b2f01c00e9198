package io.wasmpipes.adapter.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The partitions that are ours. Guarded by the ledger. */
final class Claims {
    private final Map<TopicPartition, Claim> claims = new HashMap<>();

    void add(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> claims.put(partition, new Claim(partition)));
    }

    @Nullable
    Claim find(TopicPartition partition) {
        return claims.get(partition);
    }

    Claim get(TopicPartition partition) {
        return Objects.requireNonNull(claims.get(partition), "what is ready is of a partition that is ours");
    }

    Collection<Claim> all() {
        return claims.values();
    }

    Set<TopicPartition> partitions() {
        return Set.copyOf(claims.keySet());
    }

    /** Of which nothing is to be read for now. */
    Set<TopicPartition> rewinding() {
        Set<TopicPartition> rewinding = new HashSet<>(0);
        for (Claim claim : claims.values()) {
            if (claim.isRewinding()) {
                rewinding.add(claim.partition());
            }
        }
        return rewinding;
    }

    /** Where to read again now. */
    Map<TopicPartition, Long> dueRewinds() {
        Map<TopicPartition, Long> due = new HashMap<>(0);
        long now = System.nanoTime();
        claims.values().forEach(claim -> claim.dueRewind(now).ifPresent(to -> due.put(claim.partition(), to)));
        return due;
    }

    /** How many records would come again if the process ended now. */
    int exposed() {
        int count = 0;
        for (Claim claim : claims.values()) {
            count += claim.exposed();
        }
        return count;
    }

    /** How many records have become done in a row. */
    int advance() {
        int count = 0;
        for (Claim claim : claims.values()) {
            count += claim.advance();
        }
        return count;
    }

    Map<TopicPartition, OffsetAndMetadata> toCommit() {
        advance();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (Claim claim : claims.values()) {
            OffsetAndMetadata offset = claim.toCommit();
            if (offset != null) {
                offsets.put(claim.partition(), offset);
            }
        }
        return offsets;
    }

    void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> each(Set.of(partition), claim -> claim.committed(offset.offset())));
    }

    void lapse(Collection<TopicPartition> partitions) {
        each(partitions, Claim::lapse);
    }

    boolean areIdle(Collection<TopicPartition> partitions) {
        return claims.values().stream().allMatch(claim -> !partitions.contains(claim.partition()) || claim.isIdle());
    }

    void remove(Collection<TopicPartition> partitions) {
        each(partitions, Claim::end);
        claims.keySet().removeAll(partitions);
    }

    private void each(Collection<TopicPartition> partitions, Consumer<Claim> action) {
        for (TopicPartition partition : partitions) {
            Claim claim = claims.get(partition);
            if (claim != null) {
                action.accept(claim);
            }
        }
    }
}
