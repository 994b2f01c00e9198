package io.wasmpipes.pipe;

import java.util.BitSet;

/** Watches how many of the last messages were dead-lettered; above the limit the pipe stops asking. Thread-safe. */
final class DeadLetterGauge {
    static final String END = "dead-letter-limit";

    private final Plan.DeadLetterLimit limit;
    private final Outages outages;
    private final BitSet dead;
    private int next;
    private int count;

    DeadLetterGauge(Plan.DeadLetterLimit limit, Outages outages) {
        this.limit = limit;
        this.outages = outages;
        this.dead = new BitSet(limit.of());
    }

    synchronized void through(int messages) {
        if (count == 0) {
            next = (next + messages) % limit.of();
            return;
        }
        for (int i = 0; i < messages; i++) {
            note(false);
        }
    }

    void buried() {
        if (note(true)) {
            outages.begin(
                    END,
                    "more than %d of the last %d messages were dead-lettered; mend the cause and restart, or raise DEAD_LETTER_LIMIT"
                            .formatted(limit.count(), limit.of()),
                    this);
        }
    }

    private synchronized boolean note(boolean buried) {
        count += (buried ? 1 : 0) - (dead.get(next) ? 1 : 0);
        dead.set(next, buried);
        next = (next + 1) % limit.of();
        return count > limit.count();
    }
}
