package io.wasmpipes.cache;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Values by key, each for a time, bounded by bytes, keys included; the oldest can give way. One thread at a time. */
final class BoundedRecords<V> {
    /** Which records are the oldest. */
    enum Age {
        SINCE_WRITTEN,
        SINCE_USED
    }

    private static final int OVERHEAD = 128;
    private static final long FOREVER = Long.MAX_VALUE;

    private record Entry<V>(V value, long deadline, long size) {}

    private final Map<String, Entry<V>> entries;
    private final long maxBytes;
    private final ToIntFunction<V> length;
    private final LongSupplier nanos;
    private final long epoch;
    private long bytes;

    /** @param nanos a clock as {@link System#nanoTime} is one */
    BoundedRecords(long maxBytes, Age age, ToIntFunction<V> length, LongSupplier nanos) {
        this.entries = new LinkedHashMap<>(16, 0.75f, age == Age.SINCE_USED);
        this.maxBytes = maxBytes;
        this.length = length;
        this.nanos = nanos;
        this.epoch = nanos.getAsLong();
    }

    @Nullable
    V get(String key) {
        Entry<V> entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        if (entry.deadline() <= now()) {
            remove(key);
            return null;
        }
        return entry.value();
    }

    /** Writes, and drops the oldest others until all fit; a value larger than the bound itself is not kept. */
    void put(String key, V value, @Nullable Duration life) {
        remove(key);
        long size = size(key, value);
        if (size > maxBytes) {
            return;
        }
        Iterator<Entry<V>> oldest = entries.values().iterator();
        while (bytes + size > maxBytes && oldest.hasNext()) {
            bytes -= oldest.next().size();
            oldest.remove();
        }
        long deadline = life == null ? FOREVER : now() + Ttl.of(life).toNanos();
        entries.put(key, new Entry<>(value, deadline, size));
        bytes += size;
    }

    void remove(String key) {
        Entry<V> old = entries.remove(key);
        bytes -= old == null ? 0 : old.size();
    }

    /** Whether a record fits in the place of its key without another one giving way, but for those that are over. */
    boolean hasRoom(String key, V value) {
        Entry<V> old = entries.get(key);
        long more = size(key, value) - (old == null ? 0 : old.size());
        if (bytes + more > maxBytes) {
            dropExpired();
        }
        return bytes + more <= maxBytes;
    }

    private void dropExpired() {
        long now = now();
        entries.values().removeIf(entry -> {
            boolean over = entry.deadline() <= now;
            bytes -= over ? entry.size() : 0;
            return over;
        });
    }

    void clear() {
        entries.clear();
        bytes = 0;
    }

    private long now() {
        return nanos.getAsLong() - epoch;
    }

    private long size(String key, V value) {
        return (long) OVERHEAD + key.length() + length.applyAsInt(value);
    }
}
