package io.wasmpipes.pipe;

import io.wasmpipes.Cache.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The uncommitted writes of one lane's messages, by key, in the order they were made. Owned by the lane. */
final class Ledger {
    /** One write and the overlay it belongs to. */
    record Entry(Overlay writer, Write write) {}

    private final Map<String, List<Entry>> byKey = new HashMap<>();

    void add(Overlay writer, Write write) {
        byKey.computeIfAbsent(write.key(), key -> new ArrayList<>(2)).add(new Entry(writer, write));
    }

    List<Entry> entries(String key) {
        return byKey.getOrDefault(key, List.of());
    }

    void remove(Overlay writer, List<Write> writes) {
        for (Write write : writes) {
            List<Entry> entries = byKey.get(write.key());
            if (entries != null) {
                entries.removeIf(entry -> entry.writer().equals(writer));
                if (entries.isEmpty()) {
                    byKey.remove(write.key());
                }
            }
        }
    }
}
