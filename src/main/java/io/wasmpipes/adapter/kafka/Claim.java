package io.wasmpipes.adapter.kafka;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A partition while it is ours: what of it is in hand, how far it is done, what is to be read again. Guarded by the ledger. */
final class Claim {
    private static final long NOWHERE = -1;

    private final TopicPartition partition;
    /** In order of their offsets; the first is never done for long. */
    private final ArrayDeque<KafkaDelivery> inHand = new ArrayDeque<>();
    /** What will be read again unless it turns out to be done meanwhile. */
    private final TreeMap<Long, KafkaDelivery> lapsed = new TreeMap<>();

    private final Map<Long, Integer> attempts = new HashMap<>(0);
    private long position = NOWHERE;
    private long committed = NOWHERE;
    private int uncommitted;
    private int committing;
    private long rewindTo = NOWHERE;
    private long rewindAt;

    Claim(TopicPartition partition) {
        this.partition = partition;
    }

    TopicPartition partition() {
        return partition;
    }

    /** The delivery of a record that was read; one that is done already if an earlier reading has got through. */
    KafkaDelivery deliver(long offset, KafkaDelivery fresh) {
        if (lapsed.isEmpty()) {
            return fresh;
        }
        lapsed.headMap(offset).clear();
        KafkaDelivery earlier = lapsed.remove(offset);
        if (earlier != null && !earlier.end() && earlier.isDone()) {
            fresh.done();
        }
        return fresh;
    }

    int attempt(long offset) {
        return attempts.getOrDefault(offset, 0) + 1;
    }

    void take(KafkaDelivery delivery) {
        inHand.addLast(delivery);
    }

    /** How many records would come again if the process ended now. */
    int exposed() {
        return inHand.size() + uncommitted;
    }

    /** Moves on behind all that is done without a gap; answers how many that were. */
    int advance() {
        int count = 0;
        KafkaDelivery first = inHand.peekFirst();
        while (first != null && first.isDone()) {
            position = first.offset() + 1;
            inHand.removeFirst();
            if (!attempts.isEmpty()) {
                attempts.remove(first.offset());
            }
            count++;
            first = inHand.peekFirst();
        }
        uncommitted += count;
        return count;
    }

    /** What to commit, if that is news. */
    @Nullable
    OffsetAndMetadata toCommit() {
        committing = uncommitted;
        return position == NOWHERE || position == committed
                ? null
                : new OffsetAndMetadata(position, Optional.empty(), "");
    }

    void committed(long offset) {
        committed = offset;
        uncommitted -= committing;
        committing = 0;
    }

    /** Has {@code first} and all behind it read again, not before {@code at}; false if it is not live. */
    boolean rewind(KafkaDelivery first, long at) {
        if (!first.giveBack()) {
            return false;
        }
        attempts.merge(first.offset(), 1, Integer::sum);
        while (!inHand.isEmpty() && inHand.peekLast().offset() >= first.offset()) {
            KafkaDelivery last = inHand.removeLast();
            last.lapse();
            lapsed.put(last.offset(), last);
        }
        boolean later = rewindTo == NOWHERE || at - rewindAt > 0;
        rewindAt = later ? at : rewindAt;
        rewindTo = rewindTo == NOWHERE ? first.offset() : Math.min(rewindTo, first.offset());
        return true;
    }

    /** Has all that is in hand read again, not before {@code at}; false if nothing is. */
    boolean rewindAll(long at) {
        KafkaDelivery first = inHand.peekFirst();
        if (first == null) {
            return false;
        }
        inHand.forEach(KafkaDelivery::end);
        inHand.clear();
        rewindTo = first.offset();
        rewindAt = at;
        return true;
    }

    void countAttempt(long offset) {
        attempts.merge(offset, 1, Integer::sum);
    }

    /** Whether what is read now is not to be delivered. */
    boolean isRewinding() {
        return rewindTo != NOWHERE;
    }

    /** Where to read again, once it is time; then it is read. */
    OptionalLong dueRewind(long now) {
        if (rewindTo == NOWHERE || now - rewindAt < 0) {
            return OptionalLong.empty();
        }
        long to = rewindTo;
        rewindTo = NOWHERE;
        return OptionalLong.of(to);
    }

    /** Nothing more may be sent of what is in hand. */
    void lapse() {
        inHand.forEach(KafkaDelivery::lapse);
    }

    /** Whether nobody works on it any more. */
    boolean isIdle() {
        return inHand.stream().allMatch(KafkaDelivery::isOver)
                && lapsed.values().stream().allMatch(KafkaDelivery::isOver);
    }

    /** It is somebody else's. */
    void end() {
        inHand.forEach(KafkaDelivery::end);
        lapsed.values().forEach(KafkaDelivery::end);
    }
}
