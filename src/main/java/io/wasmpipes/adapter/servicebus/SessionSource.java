package io.wasmpipes.adapter.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverAsyncClient;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Receives from several sessions at a time, each in order. A session that falls quiet is left for another; one whose lock is
 * lost takes its deliveries with it.
 */
final class SessionSource implements Source {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration PARTING = Duration.ofSeconds(3);

    private final ServiceBusSettings settings;
    private final Clients clients;
    private final Limits limits;
    private final Sessions sessions;
    private final Settler settler;
    private final Shelf shelf = new Shelf();
    private final ReentrantLock opening = new ReentrantLock();
    private final ReentrantLock receiving = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long largest = ServiceBusSettings.EXPECTED;

    SessionSource(ServiceBusSettings settings, Limits limits) {
        this.settings = settings;
        this.clients = new Clients(settings);
        this.limits = limits;
        this.sessions = new Sessions(clients, this::session);
        this.settler = new Settler(clients, sessions);
    }

    private Session session(ServiceBusReceiverAsyncClient client) {
        return new Session(client, this::unpack, shelf::add, shelf::wake);
    }

    private ServiceBusDelivery unpack(ServiceBusReceivedMessage packed) {
        long keepUntil = System.nanoTime() + limits.leaseMax().toNanos();
        ServiceBusDelivery delivery = new ServiceBusDelivery(packed, Wire.unpack(settings.entity(), packed), keepUntil);
        largest = Math.max(largest, delivery.message().size());
        return delivery;
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        if (sessions.accepting()) {
            return;
        }
        if (!opening.tryLock(Clients.CONNECT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw TransientException.outage(settings + " does not answer");
        }
        try {
            if (closed.get()) {
                throw TransientException.outage("the connection to " + settings + " is closed");
            }
            if (!sessions.accepting()) {
                Duration left = clients.knock();
                look(left);
                ServiceBusSessionReceiverAsyncClient client = clients.sessions();
                sessions.accept(client, shelf::wake);
            }
        } finally {
            opening.unlock();
        }
    }

    /** Accepting a session would wait for one: whether the entity is there and lets us in is seen by peeking. */
    private void look(Duration patience) throws TransientException, InterruptedException {
        ServiceBusReceiverAsyncClient client = clients.receiver();
        try {
            clients.await(client.peekMessage(), patience);
        } finally {
            Thread.ofVirtual().name("service-bus-end").start(client::close);
        }
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        receiving.lockInterruptibly();
        try {
            return closed.get() ? List.of() : take(demand);
        } catch (TransientException e) {
            if (closed.get()) {
                return List.of();
            }
            throw e;
        } finally {
            receiving.unlock();
        }
    }

    private List<Delivery> take(Demand demand) throws TransientException, InterruptedException {
        Duration patience = demand.patience().compareTo(settings.listen()) < 0 ? demand.patience() : settings.listen();
        long end = System.nanoTime() + patience.toNanos();
        List<Delivery> taken = shelf.take(demand);
        while (taken.isEmpty() && shelf.isEmpty() && !closed.get()) {
            sessions.throwFailure();
            connect();
            sessions.ask(settings.count(demand, largest));
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            int seen = sessions.changes();
            shelf.await(left, () -> seen != sessions.changes() || !sessions.accepting() || closed.get());
            taken = shelf.take(demand);
        }
        if (taken.isEmpty() && !shelf.isEmpty()) {
            Thread.sleep(PAUSE); // no room for the next one yet: do not make the caller spin
        }
        return taken;
    }

    @Override
    public void settle(List<Settled> settled) throws TransientException, InterruptedException {
        List<Settled> own = new ArrayList<>(settled.size());
        for (Settled each : settled) {
            if (each.delivery() instanceof ServiceBusDelivery delivery && delivery.session() != null) {
                own.add(each);
            }
        }
        if (!own.isEmpty()) {
            ServiceBusDelivery first = (ServiceBusDelivery) own.getFirst().delivery();
            settler.settle(Objects.requireNonNull(first.session()).inbox(), own);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            shelf.wake();
            sessions.leave(PARTING);
        }
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
