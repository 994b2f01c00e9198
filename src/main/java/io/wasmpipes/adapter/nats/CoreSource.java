package io.wasmpipes.adapter.nats;

import io.nats.client.Subscription;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A subscription of core NATS: at most once by nature. The server cannot be asked to wait, so the client's buffer takes
 * bursts up to MAX_IN_FLIGHT_BYTES; what exceeds it is dropped and told. The buffer survives a lost connection.
 */
final class CoreSource implements Source {
    /** Far above MAX_IN_FLIGHT: a burst of small messages is better kept than dropped; bytes are the bound that counts. */
    private static final long MAX_BUFFERED = 65_536;

    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration RECONNECT = Duration.ofSeconds(4);

    private record Tap(Session session, Subscription subscription) implements Link.Attached {}

    private record CoreDelivery(Message message) implements Delivery {
        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public boolean live() {
            return true;
        }
    }

    private final NatsSettings settings;
    private final Link<Tap> link;
    private @Nullable Message held;

    CoreSource(NatsSettings settings, String name, Limits limits) {
        this.settings = settings;
        this.link = new Link<>(settings.servers(), name, true, session -> subscribe(session, limits));
    }

    private Tap subscribe(Session session, Limits limits) throws TransientException, InterruptedException {
        Subscription subscription = settings.queue().isEmpty()
                ? session.connection().subscribe(settings.subject())
                : session.connection().subscribe(settings.subject(), settings.queue());
        subscription.setPendingLimits(MAX_BUFFERED, limits.maxInFlightBytes());
        if (!session.flush()) {
            throw session.lost();
        }
        return new Tap(session, subscription);
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        Tap tap = link.open();
        long end = System.nanoTime() + RECONNECT.toNanos();
        while (tap.session().alive() && !tap.session().connected() && System.nanoTime() - end < 0) {
            Thread.sleep(PAUSE);
        }
        if (!tap.session().connected()) {
            throw tap.session().lost();
        }
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        if (link.closed()) {
            return List.of();
        }
        Tap tap = link.open();
        List<Delivery> taken = new ArrayList<>(Math.min(demand.messages(), 128));
        long sum = 0;
        Message next = held != null ? held : poll(tap, demand.patience());
        held = null;
        while (next != null) {
            long size = next.size();
            if (!demand.admits(size, taken.size(), sum)) {
                held = next;
                break;
            }
            taken.add(new CoreDelivery(next));
            sum += size;
            next = taken.size() < demand.messages() ? poll(tap, null) : null;
        }
        if (taken.isEmpty() && held != null) { // no room for it yet: do not make the caller spin
            Thread.sleep(PAUSE);
        }
        return taken;
    }

    /** The next message; waits only if {@code patience} is given, and only while connected. */
    private @Nullable Message poll(Tap tap, @Nullable Duration patience)
            throws TransientException, InterruptedException {
        try {
            io.nats.client.Message packet = tap.subscription().nextMessage(null);
            if (packet == null && patience != null) {
                if (!tap.session().connected() && !link.closed()) {
                    throw tap.session().lost();
                }
                packet = patience.isPositive() ? tap.subscription().nextMessage(patience) : null;
            }
            return packet == null ? null : settings.wire().unpack(packet);
        } catch (IllegalStateException e) { // the subscription has ended with its session
            if (link.closed() || patience == null) {
                return null;
            }
            throw tap.session().lost();
        }
    }

    @Override
    public void settle(List<Settled> settled) {
        // core NATS knows no acknowledgement
    }

    @Override
    public OptionalLong lag() {
        Tap tap = link.current();
        return tap == null
                ? OptionalLong.empty()
                : OptionalLong.of(tap.subscription().getPendingMessageCount());
    }

    @Override
    public void close() {
        link.close();
    }
}
