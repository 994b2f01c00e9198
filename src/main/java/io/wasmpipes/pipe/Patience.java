package io.wasmpipes.pipe;

/** Since when an item fails by its own fault. Owned by a lane. */
final class Patience {
    private boolean failing;
    private long sinceNanos;

    /** Notes a failure of the item's own; answers for how long it has failed. */
    long fail(long nowNanos) {
        if (!failing) {
            failing = true;
            sinceNanos = nowNanos;
        }
        return nowNanos - sinceNanos;
    }

    void reset() {
        failing = false;
    }
}
