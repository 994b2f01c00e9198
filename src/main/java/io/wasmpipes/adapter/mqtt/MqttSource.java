package io.wasmpipes.adapter.mqtt;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Link;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription. The server keeps the session: what is not acknowledged when the connection ends comes again with the next
 * one. How much may be unacknowledged is the receive maximum; of quality 0, which has none, what exceeds the room is dropped.
 */
final class MqttSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(MqttSource.class);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private record Tap(Session session, Hand hand) implements Link.Session {
        @Override
        public boolean alive() {
            return session.alive();
        }

        @Override
        public void close() {
            session.close();
        }
    }

    private final long roof;
    private final Link<Tap> link;
    private volatile MqttSettings settings;
    private final AtomicBoolean dropping = new AtomicBoolean();
    private volatile boolean closed;

    MqttSource(MqttSettings settings, Limits limits) {
        this.settings = settings;
        this.roof = limits.maxInFlightBytes();
        this.link = new Link<>("MQTT at " + settings.server(), this::tap);
    }

    private Tap tap() throws TransientException, InterruptedException {
        Hand hand = new Hand(settings.ordered());
        Session.Receiver receiver = new Session.Receiver() {
            @Override
            public void arrived(Session from, Protocol.Arrived arrived) {
                enter(hand, from, arrived);
            }

            @Override
            public void overrun() { // the server would do it again, for ever
                settings = settings.wider();
            }

            @Override
            public void ended() {
                hand.wake();
            }
        };
        return new Tap(Session.open(settings, receiver), hand);
    }

    private void enter(Hand hand, Session session, Protocol.Arrived arrived) {
        boolean fits = hand.readyBytes() <= roof;
        if (fits || arrived.kept()) {
            hand.arrived(arrived, session);
        }
        if (fits) {
            dropping.set(false);
        } else if (!arrived.kept() && dropping.compareAndSet(false, true)) {
            LOG.warn(
                    "messages of quality 0 are dropped server={} topic={}: no room",
                    settings.server(),
                    settings.topic());
        }
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        if (closed) {
            return List.of();
        }
        long end = System.nanoTime() + demand.patience().toNanos();
        try {
            Tap tap = link.open();
            List<Delivery> taken = tap.hand.take(demand, end);
            if (taken.isEmpty() && !tap.alive()) {
                throw tap.session.why();
            }
            if (taken.isEmpty() && tap.hand.anyReady()) { // no room for the next one yet: do not make the caller spin
                Thread.sleep(PAUSE);
            }
            return taken;
        } catch (TransientException e) {
            if (closed) {
                return List.of();
            }
            throw e;
        }
    }

    @Override
    public void settle(List<Settled> settled) {
        Tap tap = link.current();
        if (tap != null) {
            tap.hand.settle(settled);
        }
    }

    @Override
    public void close() {
        closed = true;
        link.close();
    }
}
