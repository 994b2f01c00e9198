package io.wasmpipes.adapter.nats;

import io.nats.client.api.ConsumerConfiguration;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Id;
import io.wasmpipes.Lease;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A durable pull consumer. While one batch is worked on the next one is asked for, within the demand. Acknowledgements
 * are sent and not waited for: one that is lost means a second delivery. In order while it is the consumer's only reader;
 * what is handed back comes again behind what has been delivered meanwhile.
 */
final class JetStreamSource implements Source {
    private static final Duration ACK_WAIT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final NatsSettings settings;
    private final NatsSettings.JetStream spec;
    private final Limits limits;
    private final Link<Pull> link;
    private final LeaseKeeper leases;
    private final ReentrantLock intake = new ReentrantLock();
    private final ArrayDeque<JetStreamDelivery> ready = new ArrayDeque<>();
    private volatile long waiting = -1;
    private volatile long maxDeliver;
    private volatile boolean closed;

    JetStreamSource(NatsSettings settings, NatsSettings.JetStream spec, String name, Limits limits) {
        this.settings = settings;
        this.spec = spec;
        this.limits = limits;
        this.link = new Link<>(settings.servers(), name, false, this::attach);
        this.leases = new LeaseKeeper(name, link, this::takeInUnasked);
    }

    private Pull attach(Session session) throws TransientException, InterruptedException {
        ConsumerConfiguration consumer = new Streams(spec, settings.subject()).consumer(session);
        maxDeliver = consumer.getMaxDeliver();
        Duration ackWait = consumer.getAckWait();
        Duration shortest = ackWait == null ? ACK_WAIT : ackWait;
        for (Duration step : consumer.getBackoff()) {
            shortest = step.compareTo(shortest) < 0 ? step : shortest;
        }
        Pull pull = new Pull(session, spec);
        if (!session.flush()) {
            throw session.lost();
        }
        leases.start(shortest);
        return pull;
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        intake.lockInterruptibly();
        try {
            return closed ? List.of() : take(demand);
        } catch (TransientException e) {
            if (closed) {
                return List.of();
            }
            throw e;
        } finally {
            intake.unlock();
        }
    }

    private List<Delivery> take(Demand demand) throws TransientException, InterruptedException {
        Pull pull = link.open();
        long end = System.nanoTime() + demand.patience().toNanos();
        Batch batch = new Batch(demand);
        batch.fillFromReady();
        while (batch.taken.isEmpty() && ready.isEmpty()) {
            long left = end - System.nanoTime();
            if (!pull.pending()) {
                ask(pull, demand, Duration.ofNanos(Math.max(0, left)));
            }
            batch.offer(pull.next(Duration.ofNanos(Math.max(0, left))));
            if (left <= 0 || closed) {
                break;
            }
        }
        batch.fillFrom(pull);
        if (batch.taken.isEmpty() && (!ready.isEmpty() || pull.nextIsTooLarge())) {
            Thread.sleep(PAUSE); // no room for the next one yet: do not make the caller spin
        }
        int room = demand.messages() - batch.taken.size();
        if (!batch.taken.isEmpty() && ready.isEmpty() && !pull.pending() && room > 0 && demand.bytes() > batch.bytes) {
            pull.ask(room, demand.bytes() - batch.bytes, demand.patience());
        }
        return batch.taken;
    }

    /** Asks for what the demand allows: a message known to be larger may come alone when nothing is in flight. */
    private static void ask(Pull pull, Demand demand, Duration patience) throws TransientException {
        if (pull.nextIsTooLarge() && demand.oversize()) {
            pull.ask(1, 0, patience);
        } else {
            pull.ask(demand.messages(), demand.bytes(), patience);
        }
    }

    /** What one call of receive hands out. */
    private final class Batch {
        private final Demand demand;
        private final List<Delivery> taken;
        private long bytes;

        Batch(Demand demand) {
            this.demand = demand;
            this.taken = new ArrayList<>(Math.min(demand.messages(), 128));
        }

        void fillFromReady() {
            while (!ready.isEmpty() && admits(ready.getFirst())) {
                add(ready.removeFirst());
            }
        }

        void fillFrom(Pull pull) throws TransientException, InterruptedException {
            while (ready.isEmpty() && taken.size() < demand.messages() && pull.pending()) {
                io.nats.client.Message next = pull.next(Duration.ZERO);
                if (next == null) {
                    return;
                }
                offer(next);
            }
        }

        void offer(io.nats.client.@Nullable Message packet) {
            if (packet == null) {
                return;
            }
            JetStreamDelivery delivery = delivery(packet);
            if (ready.isEmpty() && admits(delivery)) {
                add(delivery);
            } else {
                ready.addLast(delivery);
            }
        }

        private boolean admits(JetStreamDelivery delivery) {
            return demand.admits(delivery.message().size(), taken.size(), bytes);
        }

        private void add(JetStreamDelivery delivery) {
            if (delivery.live()) {
                taken.add(delivery);
                bytes += delivery.message().size();
            }
        }
    }

    private JetStreamDelivery delivery(io.nats.client.Message packet) {
        String reply = String.valueOf(packet.getReplyTo());
        AckSubject says = AckSubject.parse(reply);
        waiting = says.pending();
        Message plain = settings.wire().unpack(packet);
        Message message = new Message(new Id(says.id()), plain.body(), plain.headers(), plain.key(), null, says.time());
        long now = System.nanoTime();
        JetStreamDelivery delivery = new JetStreamDelivery(
                message,
                reply,
                new JetStreamDelivery.Attempt(says.delivered(), maxDeliver > 0 && says.delivered() >= maxDeliver),
                new Lease(
                        now + leases.ackWait().toNanos(),
                        now + limits.leaseMax().toNanos()));
        leases.add(delivery);
        return delivery;
    }

    /** While nobody receives, what is under way arrives all the same: it needs its lease kept too. */
    private void takeInUnasked() {
        if (!intake.tryLock()) {
            return;
        }
        try {
            Pull pull = link.current();
            io.nats.client.Message next = pull == null ? null : pull.next(Duration.ZERO);
            while (next != null && pull != null) {
                ready.addLast(delivery(next));
                next = pull.next(Duration.ZERO);
            }
        } catch (TransientException e) {
            // the next receive meets the same and tells
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            intake.unlock();
        }
    }

    @Override
    public void settle(List<Settled> settled) throws TransientException, InterruptedException {
        leases.settle(link.open().session(), settled);
    }

    @Override
    public OptionalLong lag() {
        return waiting < 0 ? OptionalLong.empty() : OptionalLong.of(waiting);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        leases.close();
        Pull pull = link.current();
        if (pull != null) {
            try {
                leases.handBack(pull.session());
                pull.session().flush();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        link.close();
    }
}
