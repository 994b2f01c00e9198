package io.wasmpipes.adapter.redis;

import io.lettuce.core.protocol.CommandType;
import io.wasmpipes.TransientException;
import io.wasmpipes.redis.RedisConnector;
import io.wasmpipes.redis.RedisScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The commands of one consumer in its group. Any thread. */
final class Group {
    private static final RedisScript READ = RedisScript.load(Group.class, "read.lua");
    private static final RedisScript AGAIN = RedisScript.load(Group.class, "again.lua");
    private static final RedisScript STALE = RedisScript.load(Group.class, "stale.lua");
    private static final RedisScript KEEP = RedisScript.load(Group.class, "keep.lua");
    private static final RedisScript LEAVE = RedisScript.load(Group.class, "leave.lua");

    /** Of one answer: a slow network must carry it in time. */
    private static final long MOST_BYTES = 8 << 20;

    /** An entry as the server gives it out; without fields it is gone. */
    record Given(EntryId id, List<byte[]> fields, boolean gone, int attempt) {}

    /** Entries taken over, and where to go on; from the start again when {@code cursor} is {@code 0-0}. */
    record Stale(String cursor, List<Given> entries) {}

    /** An entry that has been delivered and not settled. */
    record Pending(EntryId id, int delivered) {}

    private final String stream;
    private final RedisSettings.Reading reading;
    private final boolean create;

    Group(RedisSettings settings, RedisSettings.Reading reading) {
        this.stream = settings.place().stream();
        this.reading = reading;
        this.create = settings.create();
    }

    /** Sees to it that the group is there, or says how to make it. */
    void ensure(Line line) throws TransientException, InterruptedException {
        String type = line.type();
        if (!type.equals("none") && !type.equals("stream")) {
            throw TransientException.outage(
                    line + " refuses, WRONGTYPE: the key " + stream + " holds a " + type + ", not a stream");
        }
        boolean there = type.equals("stream") && exists(line);
        if (!there && !create) {
            throw TransientException.outage("the group " + reading.group() + " of " + line
                    + " is missing: add create=true to the URI, or run XGROUP CREATE " + stream + " "
                    + reading.group() + " 0 MKSTREAM");
        }
        if (!there) {
            try {
                String start = reading.oldest() ? "0" : "$";
                line.ask(CommandType.XGROUP, "CREATE", stream, reading.group(), start, "MKSTREAM");
            } catch (TransientException e) {
                if (!String.valueOf(e.getMessage()).contains("BUSYGROUP")) { // another was quicker
                    throw e;
                }
            }
        }
    }

    private boolean exists(Line line) throws TransientException, InterruptedException {
        for (Object each : line.ask(CommandType.XINFO, "GROUPS", stream)) {
            if (Line.text(Line.list(each).get(1)).equals(reading.group())) {
                return true;
            }
        }
        return false;
    }

    /** How many entries have not been delivered to the group, where the server knows (since version 7). */
    OptionalLong lag(Line line) throws TransientException, InterruptedException {
        for (Object each : line.ask(CommandType.XINFO, "GROUPS", stream)) {
            List<Object> facts = Line.list(each);
            for (int i = 0; i + 1 < facts.size(); i += 2) {
                if (Line.text(facts.get(1)).equals(reading.group())
                        && Line.text(facts.get(i)).equals("lag")
                        && facts.get(i + 1) instanceof Long lag) {
                    return OptionalLong.of(lag);
                }
            }
        }
        return OptionalLong.empty();
    }

    List<Given> read(Line line, int count, long bytes) throws TransientException, InterruptedException {
        return given(line.run(READ, Line.LONG, reading.group(), reading.consumer(), count, bounded(bytes)));
    }

    /** The words that read one new entry and wait for it. */
    Object[] blockingRead(Duration wait) {
        return new Object[] {
            "GROUP", reading.group(), reading.consumer(), "COUNT", 1, "BLOCK", wait.toMillis(), "STREAMS", stream, ">"
        };
    }

    /** The answer to {@link #blockingRead}: at most one. */
    static List<Given> blockingAnswer(List<Object> answer) {
        List<Given> all = new ArrayList<>();
        for (Object perStream : answer) {
            for (Object each : Line.list(Line.list(perStream).get(1))) {
                List<Object> entry = Line.list(each);
                all.add(given(entry.get(0), entry.get(1), 1L));
            }
        }
        return all;
    }

    List<Given> again(Line line, List<Hand.Due> due, long bytes) throws TransientException, InterruptedException {
        List<Object> words = new ArrayList<>(List.of(reading.group(), reading.consumer(), bounded(bytes)));
        for (Hand.Due each : due) {
            words.add(each.id());
            words.add(each.attempt());
        }
        return given(line.run(AGAIN, Line.LONG, words.toArray()));
    }

    Stale stale(Line line, String cursor, int count, long bytes) throws TransientException, InterruptedException {
        List<Object> answer = line.run(
                STALE,
                Line.LONG,
                reading.group(),
                reading.consumer(),
                reading.idle().toMillis(),
                cursor,
                count,
                bounded(bytes));
        return new Stale(Line.text(answer.get(0)), given(Line.list(answer.get(1))));
    }

    private static long bounded(long bytes) {
        return Math.min(bytes, MOST_BYTES);
    }

    /** A page of this consumer's entries after {@code after}, which is empty for the first page. */
    List<Pending> pending(Line line, String after, int count) throws TransientException, InterruptedException {
        String from = after.isEmpty() ? "-" : "(" + after;
        List<Pending> page = new ArrayList<>();
        for (Object each :
                line.ask(CommandType.XPENDING, stream, reading.group(), from, "+", count, reading.consumer())) {
            List<Object> facts = Line.list(each);
            page.add(new Pending(EntryId.parse(Line.text(facts.get(0))), number(facts.get(3))));
        }
        return page;
    }

    void done(Line line, List<EntryId> ids) throws TransientException, InterruptedException {
        List<Object> words = new ArrayList<>(List.of(stream, reading.group()));
        words.addAll(ids);
        line.ask(CommandType.XACK, words.toArray());
    }

    /** Starts leases anew; answers the entries that are not ours any more. */
    List<EntryId> keep(Line line, List<EntryId> ids) throws TransientException, InterruptedException {
        List<Object> words = new ArrayList<>(List.of(reading.group(), reading.consumer()));
        words.addAll(ids);
        return line.run(KEEP, RedisConnector.PATIENCE, words.toArray()).stream()
                .map(id -> EntryId.parse(Line.text(id)))
                .toList();
    }

    void leave(Line line) throws TransientException, InterruptedException {
        line.run(
                LEAVE,
                RedisConnector.PATIENCE,
                reading.group(),
                reading.consumer(),
                reading.idle().toMillis(),
                reading.ownName() ? 1 : 0);
    }

    private static List<Given> given(List<Object> answer) {
        List<Given> all = new ArrayList<>(answer.size());
        for (Object each : answer) {
            List<Object> entry = Line.list(each);
            all.add(given(entry.get(0), entry.get(1), entry.get(2)));
        }
        return all;
    }

    private static Given given(Object id, Object fields, Object attempt) {
        List<byte[]> words = new ArrayList<>();
        for (Object word : Line.list(fields)) {
            words.add(word instanceof byte[] bytes ? bytes : Line.utf8(Line.text(word)));
        }
        boolean gone = !(fields instanceof List<?>);
        return new Given(EntryId.parse(Line.text(id)), words, gone, number(attempt));
    }

    private static int number(Object word) {
        long value = word instanceof Long number ? number : Long.parseLong(Line.text(word));
        return (int) Math.min(value, Integer.MAX_VALUE);
    }
}
