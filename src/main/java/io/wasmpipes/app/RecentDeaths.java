package io.wasmpipes.app;

import io.wasmpipes.pipe.DeadMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The last messages that this process could not let pass, at most {@link #MOST}, of each the head of its body. Thread-safe. */
final class RecentDeaths {
    static final int MOST = 100;
    private static final String STATE = "state";

    /** What will be shown of one, and no more: the whole may be large. */
    private record Entry(String id, Map<String, Object> summary, Map<String, Object> content) {
        static Entry of(DeadMessage dead) {
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("id", dead.id());
            summary.put("time", dead.time().toString());
            summary.put("reason", dead.why());
            summary.put("attempts", dead.attempts());
            summary.put("bytes", dead.message().body().length());
            summary.put(STATE, state(dead.fate()));
            Map<String, Object> content = new LinkedHashMap<>();
            Trip.content(dead.message(), content);
            return new Entry(dead.id(), summary, content);
        }

        private static String state(DeadMessage.Fate fate) {
            return switch (fate) {
                case KEPT -> "dead letter";
                case REFUSED -> "rejected";
                case SKIPPED -> "skipped";
            };
        }
    }

    private final Deque<Entry> entries = new ArrayDeque<>();

    synchronized void add(DeadMessage dead) {
        if (entries.size() == MOST) {
            entries.removeLast();
        }
        entries.addFirst(Entry.of(dead));
    }

    /** The latest first, without content. */
    synchronized List<Map<String, Object>> list() {
        return entries.stream().map(Entry::summary).map(RecentDeaths::copy).toList();
    }

    private static Map<String, Object> copy(Map<String, Object> map) {
        return new LinkedHashMap<>(map);
    }

    /** The latest of this id with headers and the head of its body. */
    synchronized Optional<Map<String, Object>> find(String id) {
        return entries.stream().filter(entry -> entry.id.equals(id)).findFirst().map(entry -> {
            Map<String, Object> whole = copy(entry.summary);
            whole.putAll(entry.content);
            return whole;
        });
    }

    /** They are on their way again. */
    synchronized void redriven(Set<String> ids) {
        entries.stream().filter(entry -> ids.contains(entry.id)).forEach(entry -> entry.summary.put(STATE, "redriven"));
    }
}
