package io.wasmpipes.adapter.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.CommandType;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Lease;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer takes in, in this order: entries to be delivered again, its own from an earlier life or a lost answer,
 * stale ones of others, new ones; if there is none it waits at the server for a new one. One thread at a time.
 */
final class Intake implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final Duration LAG_EVERY = Duration.ofSeconds(5);
    private static final int PAGE = 500;
    private static final String START = "0-0";

    private final Line line;
    private final Group group;
    private final Hand hand;
    private final Entry entry;
    private final RedisSource.Leases leases;
    private final ArrayDeque<RedisDelivery> ready = new ArrayDeque<>();

    /** A read that waits at the server; the leases of what it brings begin after {@code at}. */
    private record Asked(RedisFuture<List<Object>> answer, long at, Duration block) {}

    private @Nullable StatefulRedisConnection<byte[], byte[]> connection;
    private volatile @Nullable Asked asked;
    private @Nullable String recovered = "";
    private String staleCursor = START;
    private long nextStale = System.nanoTime();
    private long nextLag = System.nanoTime();
    private volatile OptionalLong lag = OptionalLong.empty();
    private volatile boolean closed;

    Intake(Line line, Group group, Hand hand, Entry entry, RedisSource.Leases leases) {
        this.line = line;
        this.group = group;
        this.hand = hand;
        this.entry = entry;
        this.leases = leases;
    }

    OptionalLong lag() {
        return lag;
    }

    List<Delivery> take(Demand demand) throws TransientException, InterruptedException {
        long end = System.nanoTime() + demand.patience().toNanos();
        Batch batch = new Batch(demand);
        batch.fill();
        while (batch.taken.isEmpty() && ready.isEmpty() && !closed) {
            freshConnection();
            if (asked == null) {
                fetch(demand);
            }
            long left = end - System.nanoTime();
            if (ready.isEmpty() && left > 0 && !closed) {
                await(Duration.ofNanos(left));
            }
            batch.fill();
            if (left <= 0) {
                break;
            }
        }
        if (batch.taken.isEmpty() && !ready.isEmpty()) {
            Thread.sleep(PAUSE); // no room for the next one yet: do not make the caller spin
        }
        return batch.taken;
    }

    /** On a new connection the answer to what was asked on the old one is lost, but not what it held. */
    private void freshConnection() throws TransientException, InterruptedException {
        StatefulRedisConnection<byte[], byte[]> open = line.open();
        if (!open.equals(connection)) {
            connection = open;
            asked = null;
            recovered = "";
        }
    }

    private void fetch(Demand demand) throws TransientException, InterruptedException {
        long now = System.nanoTime();
        int most = Math.min(demand.messages(), PAGE);
        List<Hand.Due> due = hand.due(now, most);
        if (recovered != null && due.isEmpty()) {
            recover(recovered, now);
            due = hand.due(now, most);
        }
        if (!due.isEmpty()) {
            accept(group.again(line, due, demand.bytes()), now);
        } else if (now - nextStale >= 0 && !hand.holdsUp()) {
            takeOver(demand, now);
        }
        if (ready.isEmpty() && !hand.holdsUp()) {
            long before = System.nanoTime();
            accept(group.read(line, demand.messages(), demand.bytes()), before);
        }
        if (now - nextLag >= 0) {
            lag = group.lag(line);
            nextLag = now + LAG_EVERY.toNanos();
        }
    }

    private void recover(String after, long now) throws TransientException, InterruptedException {
        List<Group.Pending> page = group.pending(line, after, PAGE);
        page.forEach(pending -> hand.found(pending.id(), pending.delivered(), now));
        recovered = page.size() < PAGE ? null : page.getLast().id().toString();
    }

    private void takeOver(Demand demand, long now) throws TransientException, InterruptedException {
        Group.Stale stale = group.stale(line, staleCursor, demand.messages(), demand.bytes());
        staleCursor = stale.cursor();
        if (staleCursor.equals(START)) {
            nextStale = now + third().toNanos();
        }
        accept(stale.entries(), now);
    }

    private Duration third() {
        return leases.idle().dividedBy(3);
    }

    /** Waits at the server for a new entry, or here while an earlier one holds the new ones up. */
    private void await(Duration most) throws TransientException, InterruptedException {
        long now = System.nanoTime();
        long wait = hand.untilDue(now, Math.min(most.toNanos(), third().toNanos()));
        if (hand.holdsUp()) {
            hand.await(wait);
            return;
        }
        StatefulRedisConnection<byte[], byte[]> open = connection;
        if (open == null) {
            return;
        }
        Asked waiting = asked;
        if (waiting == null) {
            Duration block =
                    Duration.ofMillis(Math.max(1, Duration.ofNanos(wait).toMillis()));
            waiting = new Asked(Line.send(open, CommandType.XREADGROUP, group.blockingRead(block)), now, block);
            asked = waiting;
        }
        if (closed) {
            return;
        }
        Duration patience = waiting.block().plus(GRACE).minusNanos(now - waiting.at());
        List<Object> answer = line.await(open, waiting.answer(), patience); // interrupted: the next call takes it
        asked = null;
        accept(Group.blockingAnswer(answer), waiting.at());
    }

    /** {@code since} is a time at which the leases had not begun yet, or had only just. */
    private void accept(List<Group.Given> entries, long since) {
        long now = System.nanoTime();
        for (Group.Given given : entries) {
            if (given.gone()) {
                hand.forget(given.id());
                continue;
            }
            RedisDelivery delivery = new RedisDelivery(
                    given.id(),
                    entry.message(given.id(), given.fields()),
                    given.attempt(),
                    new Lease(
                            since + leases.idle().toNanos(), now + leases.most().toNanos()));
            if (hand.add(delivery, now)) {
                ready.addLast(delivery);
            }
        }
    }

    /** Unblocks a wait at the server. */
    @Override
    public void close() {
        closed = true;
        Asked waiting = asked;
        if (waiting != null) {
            waiting.answer().cancel(true);
        }
    }

    /** What one call hands out. */
    private final class Batch {
        private final Demand demand;
        private final List<Delivery> taken = new ArrayList<>();
        private long bytes;

        Batch(Demand demand) {
            this.demand = demand;
        }

        void fill() {
            while (!ready.isEmpty()) {
                RedisDelivery next = ready.getFirst();
                if (next.live()) {
                    long size = next.message().size();
                    if (!demand.admits(size, taken.size(), bytes)) {
                        return;
                    }
                    taken.add(next);
                    bytes += size;
                }
                ready.removeFirst();
            }
        }
    }
}
