package io.wasmpipes.app;

import io.wasmpipes.Bytes;
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

    private static final class Entry {
        private final DeadMessage dead;
        private boolean redriven;

        Entry(DeadMessage dead) {
            this.dead = dead;
        }
    }

    private final Deque<Entry> entries = new ArrayDeque<>();

    synchronized void add(DeadMessage dead) {
        if (entries.size() == MOST) {
            entries.removeLast();
        }
        entries.addFirst(new Entry(head(dead)));
    }

    /** With a copy of what will be shown: the whole may be large. */
    private static DeadMessage head(DeadMessage dead) {
        Bytes body = dead.message().body();
        boolean small = body.length() <= Trip.BODY_MAX;
        Bytes kept = small ? body : Bytes.wrap(body.slice(0, Trip.BODY_MAX).toArray());
        return new DeadMessage(
                dead.id(),
                dead.time(),
                dead.message().withBody(kept),
                dead.module(),
                dead.reason(),
                dead.attempts(),
                dead.fate());
    }

    /** The latest first, without content. */
    synchronized List<Map<String, Object>> list() {
        return entries.stream().map(RecentDeaths::summary).toList();
    }

    private static Map<String, Object> summary(Entry entry) {
        DeadMessage dead = entry.dead;
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("id", dead.id());
        summary.put("time", dead.time().toString());
        summary.put("reason", dead.why());
        summary.put("attempts", dead.attempts());
        summary.put("bytes", dead.message().body().length());
        summary.put("state", entry.redriven ? "redriven" : state(dead.fate()));
        return summary;
    }

    private static String state(DeadMessage.Fate fate) {
        return switch (fate) {
            case KEPT -> "dead letter";
            case REFUSED -> "rejected";
            case SKIPPED -> "skipped";
        };
    }

    /** The latest of this id with headers and the head of its body. */
    synchronized Optional<Map<String, Object>> find(String id) {
        return entries.stream()
                .filter(entry -> entry.dead.id().equals(id))
                .findFirst()
                .map(entry -> {
                    Map<String, Object> whole = summary(entry);
                    Map<String, Object> headers = new LinkedHashMap<>();
                    entry.dead.message().headers().forEach(header -> headers.put(header.name(), header.text()));
                    whole.put("headers", headers);
                    Trip.body(entry.dead.message().body(), whole);
                    return whole;
                });
    }

    /** They are on their way again. */
    synchronized void redriven(Set<String> ids) {
        entries.stream().filter(entry -> ids.contains(entry.dead.id())).forEach(entry -> entry.redriven = true);
    }
}
