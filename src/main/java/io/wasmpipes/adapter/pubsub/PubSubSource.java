package io.wasmpipes.adapter.pubsub;

import com.google.pubsub.v1.ReceivedMessage;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Link;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads a subscription by pull requests, several at a time, and not by a streaming pull: a stream takes its limits once,
 * when it opens, and would bring what was not asked for while the pipe has no room.
 */
final class PubSubSource implements Source {
    private final PubSubSettings settings;
    private final Limits limits;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Link<Connection> link;
    private final Leases leases;
    private final PullRequests pulls;
    private final AtomicLong order = new AtomicLong();
    private volatile boolean closed;

    PubSubSource(PubSubSettings settings, Limits limits) {
        this.settings = settings;
        this.limits = limits;
        this.link = new Link<>(settings.shown(), PubSubSettings.HINT, () -> Connection.open(settings));
        this.leases = new Leases(settings, link);
        this.pulls = new PullRequests(settings, threads, this::delivery);
    }

    private Connection open() throws TransientException, InterruptedException {
        Connection connection = link.open();
        leases.start(connection.ackDeadline());
        return connection;
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        open();
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        return pulls.receive(demand, this::open);
    }

    private PubSubDelivery delivery(ReceivedMessage received, Connection connection) {
        int number = Math.max(1, received.getDeliveryAttempt());
        int most = connection.maxAttempts();
        PubSubDelivery delivery = new PubSubDelivery(
                Wire.unpack(received),
                new PubSubDelivery.Arrival(
                        received.getAckId(), number, most > 0 && number >= most, order.incrementAndGet()),
                leases.lease(),
                limits.leaseMax());
        leases.add(delivery);
        return delivery;
    }

    @Override
    public void settle(List<Settled> settled) throws TransientException, InterruptedException {
        leases.settle(settled);
    }

    @Override
    public String toString() {
        return settings.shown();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        pulls.close();
        leases.close();
        Connection connection = link.current();
        if (connection != null) {
            try {
                leases.handBack(connection);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        threads.shutdownNow();
        link.close();
    }
}
