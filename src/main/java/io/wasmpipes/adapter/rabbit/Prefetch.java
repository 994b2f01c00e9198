package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import java.util.OptionalInt;

/**
 * How many unacknowledged messages a consumer may have. RabbitMQ counts messages only, so bytes are bounded by what messages
 * have lately measured: the first consumer gets few, each next one up to four times as many. None gets fewer: where
 * messages have grown so that more comes than fits, the channel ends, and the next one begins with few again. Thread-safe.
 */
final class Prefetch {
    private static final int GROWTH = 4;
    private static final int MEMORY = 64;
    private static final int FEW = 16;

    private final int cap;
    private long largest;
    private boolean seen;

    /** {@code cap} is prefetch_count, 0 for none. */
    Prefetch(int cap, Limits limits) {
        this.cap = cap == 0 ? 65_535 : cap;
        this.largest = Math.max(1, limits.maxMessageBytes()); // until something has been seen, the worst
    }

    /** A message of {@code size} has come: large ones are remembered for a while. */
    synchronized void measure(long size) {
        largest = seen ? Math.max(size, largest - largest / MEMORY) : size;
        seen = true;
    }

    /**
     * What the channel holds.
     *
     * @param prefetch of the consumer there is, 0 if there is none
     * @param outstanding unacknowledged deliveries of that consumer
     * @param unsettled all deliveries in hand, those in {@code ready} too
     * @param ready deliveries that nobody has taken yet
     */
    record Stand(int prefetch, int outstanding, int unsettled, int ready) {}

    /** The prefetch of a consumer to replace the one there is; empty to leave it. */
    synchronized OptionalInt next(Stand stand, Demand demand) {
        int want = wanted(stand, demand);
        int total = Math.min(cap, stand.unsettled + want);
        boolean starved = want > 0 && stand.outstanding >= stand.prefetch && stand.prefetch < cap;
        if (starved && (stand.prefetch < FEW || 2L * stand.prefetch <= total)) {
            int most = stand.prefetch == 0 ? want : Math.max(1, GROWTH * stand.prefetch);
            return OptionalInt.of(Math.min(cap, Math.min(want, most)));
        }
        return OptionalInt.empty();
    }

    /** How many more may come; one at least while nothing is in hand, to learn how large it is. */
    private int wanted(Stand stand, Demand demand) {
        long byBytes = demand.bytes() / largest;
        int most = (int) Math.min(demand.messages(), byBytes) - stand.ready;
        boolean next = stand.ready == 0 && (demand.oversize() || stand.unsettled == 0);
        return next ? Math.max(1, most) : most;
    }
}
