package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import io.wasmpipes.Link;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One channel that a sink writes, with publisher confirms. What is not confirmed when the channel ends has failed. Any
 * thread; confirms and returns come on the client's, which never waits for a thread that publishes.
 */
final class Publisher implements Link.Session {
    private static final int ROOM = 8192;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A message under way. */
    private record Slot(Wire.Packet packet, Confirms batch, int index) {}

    private final Session session;
    private final String exchange;
    private final SizeLimit limit;
    private final Semaphore room = new Semaphore(ROOM);
    private final ReentrantLock publishing = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition unblocked = lock.newCondition();
    private final LinkedHashMap<Long, Slot> open = new LinkedHashMap<>();
    private final LinkedHashMap<Long, PoisonException> returned = new LinkedHashMap<>();
    private long sequence;
    private @Nullable String blocked;
    private boolean ended;

    Publisher(Session session, String exchange, SizeLimit limit) {
        this.session = session;
        this.exchange = exchange;
        this.limit = limit;
        session.channel().addReturnListener((Return back) -> cameBack(back));
        session.channel()
                .addConfirmListener(
                        (tag, many) -> answered(tag, many, true), (tag, many) -> answered(tag, many, false));
        session.connection().addBlockedListener(this::block, () -> block(null));
        session.channel().addShutdownListener(_ -> failAll());
    }

    @Override
    public boolean alive() {
        return session.alive();
    }

    /** Why it has ended, or why it does not answer. */
    TransientException why() {
        lock.lock();
        try {
            String reason = blocked;
            return reason == null || !alive()
                    ? session.why()
                    : TransientException.outage("RabbitMQ blocks publishers: " + reason);
        } finally {
            lock.unlock();
        }
    }

    /**
     * It has not confirmed for so long: unless the server has asked publishers to stop, the channel is given up, since one
     * that waits for a queue without a leader may hang for ever.
     */
    TransientException giveUp(Duration patience) {
        TransientException late = TransientException.outage(
                "exchange \"" + exchange + "\" has not confirmed within " + patience.toSeconds() + " s", why());
        lock.lock();
        try {
            if (blocked == null) {
                session.end(late);
            }
        } finally {
            lock.unlock();
        }
        return late;
    }

    /** Waits a while if the server has asked publishers to stop. */
    void awaitUnblocked() throws TransientException, InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = PATIENCE.toNanos();
            while (blocked != null && alive() && left > 0) {
                left = unblocked.awaitNanos(left);
            }
            if (blocked != null) {
                throw why();
            }
        } finally {
            lock.unlock();
        }
    }

    private void block(@Nullable String reason) {
        lock.lock();
        try {
            blocked = reason;
            unblocked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Writes one message; its outcome goes to the batch, unless this throws. */
    void publish(Wire.Packet packet, Confirms batch, int index)
            throws PoisonException, TransientException, InterruptedException {
        if (!room.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw why();
        }
        publishing.lockInterruptibly();
        try {
            long number = sequence + 1;
            enter(number, new Slot(packet, batch, index));
            try {
                session.channel().basicPublish(exchange, packet.routingKey(), true, packet.properties(), packet.body());
                sequence = number;
            } catch (IllegalArgumentException e) { // nothing of it was written
                leave(number);
                throw new PoisonException("RabbitMQ's client refuses the headers: " + e.getMessage());
            }
        } catch (IOException | ShutdownSignalException e) {
            var _ = session.attempt(_ -> {
                throw new IOException(e);
            });
        } finally {
            publishing.unlock();
        }
    }

    private void enter(long number, Slot slot) throws TransientException {
        lock.lock();
        try {
            if (ended) {
                room.release();
                throw session.why();
            }
            open.put(number, slot);
        } finally {
            lock.unlock();
        }
    }

    private void leave(long number) {
        lock.lock();
        try {
            if (open.remove(number) != null) {
                room.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A returned message has no number: it is the first one under way with the same key, headers and body. */
    private void cameBack(Return back) {
        AMQP.BasicProperties properties = back.getProperties();
        lock.lock();
        try {
            for (Map.Entry<Long, Slot> each : open.entrySet()) {
                Wire.Packet packet = each.getValue().packet();
                if (!returned.containsKey(each.getKey())
                        && packet.isThis(back.getRoutingKey(), properties, back.getBody())) {
                    returned.put(each.getKey(), Wire.unroutable(back));
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void answered(long tag, boolean many, boolean confirmed) {
        lock.lock();
        try {
            if (!many) {
                Slot slot = open.remove(tag);
                if (slot != null) {
                    settle(tag, slot, confirmed);
                }
                return;
            }
            Iterator<Map.Entry<Long, Slot>> all = open.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Long, Slot> next = all.next();
                if (next.getKey() > tag) {
                    return;
                }
                all.remove();
                settle(next.getKey(), next.getValue(), confirmed);
            }
        } finally {
            lock.unlock();
        }
    }

    private void settle(long number, Slot slot, boolean confirmed) {
        PipeException failure = returned.remove(number);
        if (failure == null && !confirmed) {
            failure = TransientException.outage("RabbitMQ has not taken a message for exchange \"" + exchange
                    + "\" (nack): a queue is full, or failed to store it");
        }
        slot.batch().settle(slot.index(), failure == null ? Outcome.Confirmed.YES : new Outcome.Failed(failure));
        room.release();
    }

    /** The channel has ended: what is not confirmed has failed; a message known to be too large, for good. */
    private void failAll() {
        TransientException why = session.why();
        limit.learn(String.valueOf(why.getMessage()));
        List<Slot> failed;
        lock.lock();
        try {
            ended = true;
            failed = new ArrayList<>(open.values());
            open.clear();
            returned.clear();
            unblocked.signalAll();
        } finally {
            lock.unlock();
        }
        for (Slot slot : failed) {
            PoisonException poison = limit.above(slot.packet().body().length);
            slot.batch().settle(slot.index(), new Outcome.Failed(poison == null ? why : poison));
            room.release();
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
