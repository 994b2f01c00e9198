package io.wasmpipes.cases;

import io.wasmpipes.Bytes;
import io.wasmpipes.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A cache with a clock that goes on only when it is told to. One thread. */
public final class MemoryState implements State {
    private final Map<String, Entry> entries = new TreeMap<>();
    private Instant now = Instant.EPOCH;

    /** What it holds now, to go {@link #backTo}. */
    MemoryState copy() {
        MemoryState copy = new MemoryState();
        copy.backTo(this);
        return copy;
    }

    void backTo(MemoryState before) {
        entries.clear();
        entries.putAll(before.entries);
        now = before.now;
    }

    private record Entry(Bytes value, Instant end) {}

    /** Lets time pass. */
    public void pass(Duration time) {
        now = now.plus(time);
        entries.values().removeIf(entry -> !entry.end.isAfter(now));
    }

    /** All values as text. */
    public Map<String, String> texts() {
        Map<String, String> texts = new TreeMap<>();
        entries.forEach((key, entry) -> texts.put(key, entry.value.utf8()));
        return texts;
    }

    @Override
    public @Nullable Bytes get(String key) {
        Entry entry = entries.get(key);
        return entry == null ? null : entry.value;
    }

    @Override
    public void set(String key, Bytes value, @Nullable Duration ttl) {
        entries.put(key, new Entry(value, ttl == null ? Instant.MAX : now.plus(ttl)));
    }

    @Override
    public void delete(String key) {
        entries.remove(key);
    }

    @Override
    public boolean putIfAbsent(String key, Bytes value, @Nullable Duration ttl) {
        if (entries.containsKey(key)) {
            return false;
        }
        set(key, value, ttl);
        return true;
    }

    @Override
    public long increment(String key, long delta, @Nullable Duration ttl) {
        Bytes before = get(key);
        String number = before == null ? "" : before.utf8();
        long sum = delta + (number.matches("-?\\d{1,18}") ? Long.parseLong(number) : 0);
        set(key, Bytes.utf8(Long.toString(sum)), ttl);
        return sum;
    }
}
