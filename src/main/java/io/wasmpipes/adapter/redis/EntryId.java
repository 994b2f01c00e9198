package io.wasmpipes.adapter.redis;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The id of an entry, {@code milliseconds-sequence}: both are unsigned, and entries stand in their order. */
record EntryId(long millis, long sequence) implements Comparable<EntryId> {
    /** Ids of before 1973 were made by hand and tell no time. */
    private static final long EARLIEST = 100_000_000_000L;

    static EntryId parse(String text) {
        int dash = text.indexOf('-');
        return new EntryId(
                Long.parseUnsignedLong(text.substring(0, dash)), Long.parseUnsignedLong(text.substring(dash + 1)));
    }

    /** When the entry was added, as the server's clock says; null where the id was made by hand. */
    @Nullable
    Instant time() {
        return millis >= EARLIEST ? Instant.ofEpochMilli(millis) : null;
    }

    @Override
    public int compareTo(EntryId other) {
        int byTime = Long.compareUnsigned(millis, other.millis);
        return byTime != 0 ? byTime : Long.compareUnsigned(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(millis) + "-" + Long.toUnsignedString(sequence);
    }
}
