package io.wasmpipes.adapter.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Receives under peek-lock, as many messages as the demand allows. When the client fails, the next call makes another: locks
 * outlive it, and what was received over the old one is settled over the new one.
 */
final class ServiceBusSource implements Source {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final ServiceBusSettings settings;
    private final Clients clients;
    private final Limits limits;
    private final Locks locks;
    private final Settler settler;
    private final ReentrantLock opening = new ReentrantLock();
    private final ReentrantLock receiving = new ReentrantLock();
    private final Shelf shelf = new Shelf();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Inbox current;
    private volatile long largest = ServiceBusSettings.EXPECTED;

    ServiceBusSource(ServiceBusSettings settings, Limits limits) {
        this.settings = settings;
        this.clients = new Clients(settings);
        this.limits = limits;
        this.locks = new Locks(() -> current);
        this.settler = new Settler(clients, locks);
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        open();
    }

    /** The inbox in use, or a new one if it has ended. */
    private Inbox open() throws TransientException, InterruptedException {
        Inbox inbox = current;
        if (inbox != null && inbox.alive()) {
            return inbox;
        }
        if (!opening.tryLock(Clients.CONNECT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw TransientException.outage(settings + " does not answer");
        }
        try {
            inbox = current;
            if (inbox != null && inbox.alive()) {
                return inbox;
            }
            if (closed.get()) {
                throw TransientException.outage("the connection to " + settings + " is closed");
            }
            Inbox fresh = fresh();
            current = fresh;
            if (inbox != null) {
                inbox.end();
            }
            locks.start();
            return fresh;
        } finally {
            opening.unlock();
        }
    }

    /** Looks whether the entity is there and lets us in: a receiver alone would not tell. */
    private Inbox fresh() throws TransientException, InterruptedException {
        Duration left = clients.knock();
        ServiceBusReceiverAsyncClient client = clients.receiver();
        Inbox inbox = new Inbox(client, this::arrived, shelf::wake);
        boolean done = false;
        try {
            clients.await(client.peekMessage(), left);
            inbox.open();
            done = true;
            return inbox;
        } finally {
            if (!done) {
                inbox.end();
            }
        }
    }

    private void arrived(ServiceBusReceivedMessage packed) {
        long keepUntil = System.nanoTime() + limits.leaseMax().toNanos();
        ServiceBusDelivery delivery = new ServiceBusDelivery(packed, Wire.unpack(settings.entity(), packed), keepUntil);
        largest = Math.max(largest, delivery.message().size());
        locks.add(delivery);
        shelf.add(delivery);
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
            Inbox inbox = open();
            inbox.ask(count(demand));
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            shelf.await(left, () -> !inbox.alive() || closed.get());
            taken = shelf.take(demand);
        }
        if (taken.isEmpty() && !shelf.isEmpty()) {
            Thread.sleep(PAUSE); // no room for the next one yet: do not make the caller spin
        }
        return taken;
    }

    private int count(Demand demand) {
        return settings.count(demand, largest);
    }

    @Override
    public void settle(List<Settled> settled) throws TransientException, InterruptedException {
        settler.settle(open(), settled);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        shelf.wake();
        locks.close();
        Inbox inbox = current;
        if (inbox != null) {
            inbox.cancel(); // nothing more comes
            settler.giveBack(inbox.client(), locks.leave());
            inbox.end();
        }
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
