package io.wasmpipes.adapter.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;

/**
 * A session that is ours as long as its lock: its messages come in order of their numbers. One that is handed back is given
 * back to the service once its delay is over; until it has come again, every later one waits here, still locked. Any thread.
 */
final class Session {
    /** How long one that was given back is waited for: the service may have put it among its dead letters. */
    private static final long COMES_BACK = Duration.ofSeconds(1).toNanos();

    private record Parked(ServiceBusDelivery delivery, long due) {}

    private final Inbox inbox;
    private final Function<ServiceBusReceivedMessage, ServiceBusDelivery> unpack;
    private final Consumer<ServiceBusDelivery> ready;

    /** Handed out. */
    private final TreeMap<Long, ServiceBusDelivery> held = new TreeMap<>();
    /** Come, and standing behind one that was handed back. */
    private final TreeMap<Long, ServiceBusDelivery> waiting = new TreeMap<>();
    /** Handed back. */
    private final TreeMap<Long, Parked> parked = new TreeMap<>();
    /** Given back, and until when each is waited for. */
    private final TreeMap<Long, Long> awaited = new TreeMap<>();

    private long lockStart;
    private long lockNanos;
    private long renewNotBefore = System.nanoTime();
    private long quietSince = System.nanoTime();

    Session(
            ServiceBusReceiverAsyncClient client,
            Function<ServiceBusReceivedMessage, ServiceBusDelivery> unpack,
            Consumer<ServiceBusDelivery> ready,
            Runnable ended) {
        this.unpack = unpack;
        this.ready = ready;
        this.inbox = new Inbox(client, this::arrived, ended);
    }

    Inbox inbox() {
        return inbox;
    }

    /** The lock holds for {@code nanos} from {@code since}. */
    synchronized void lockedFor(long since, long nanos) {
        lockStart = since;
        lockNanos = nanos;
        held.values().forEach(delivery -> delivery.lockedFor(since, nanos));
        waiting.values().forEach(delivery -> delivery.lockedFor(since, nanos));
    }

    synchronized boolean lockEnded(long now) {
        return now - lockStart - lockNanos >= 0;
    }

    /** At a third of the lock, unless a delivery has been held for too long. */
    synchronized boolean wantsRenewal(long now) {
        return now - lockStart - lockNanos / 3 >= 0 && held.values().stream().allMatch(d -> d.mayKeep(now));
    }

    /** True for the caller that is to renew; not again for {@code nanos}. */
    synchronized boolean renewing(long now, long nanos) {
        if (now - renewNotBefore < 0) {
            return false;
        }
        renewNotBefore = now + Math.min(nanos, lockNanos / 6);
        return true;
    }

    /** Asks for {@code count} messages; while one was handed back for no more than that one. For one thread. */
    void ask(int count) {
        int wanted;
        synchronized (this) {
            boolean free = parked.isEmpty() && waiting.isEmpty() && awaited.isEmpty();
            wanted = free ? count : awaited.isEmpty() ? 0 : 1;
        }
        inbox.ask(wanted);
    }

    private synchronized void arrived(ServiceBusReceivedMessage packed) {
        quietSince = System.nanoTime();
        awaited.remove(packed.getSequenceNumber());
        stand(packed);
        release();
    }

    /** Puts a message in line, as a delivery of its own. */
    private void stand(ServiceBusReceivedMessage packed) {
        ServiceBusDelivery delivery = unpack.apply(packed);
        delivery.lockedFor(lockStart, lockNanos);
        delivery.from(this);
        waiting.put(packed.getSequenceNumber(), delivery);
    }

    /** Hands out what stands behind nothing that was handed back. */
    private void release() {
        while (!waiting.isEmpty() && waiting.firstKey() < barrier()) {
            ServiceBusDelivery next = waiting.pollFirstEntry().getValue();
            held.put(next.packed().getSequenceNumber(), next);
            ready.accept(next);
        }
    }

    private long barrier() {
        long first = parked.isEmpty() ? Long.MAX_VALUE : parked.firstKey();
        return awaited.isEmpty() ? first : Math.min(first, awaited.firstKey());
    }

    /** Takes a claimed delivery out of hand until {@code delay} is over; every later one stands in line behind it. */
    synchronized void park(ServiceBusDelivery delivery, Duration delay) {
        long sequence = delivery.packed().getSequenceNumber();
        held.remove(sequence, delivery);
        parked.put(sequence, new Parked(delivery, System.nanoTime() + Math.max(0, delay.toNanos())));
        for (ServiceBusDelivery later :
                List.copyOf(held.tailMap(sequence, false).values())) {
            if (later.claim()) {
                held.remove(later.packed().getSequenceNumber());
                stand(later.packed());
            }
        }
    }

    synchronized void remove(ServiceBusDelivery delivery) {
        held.remove(delivery.packed().getSequenceNumber(), delivery);
        quietSince = System.nanoTime();
    }

    /** Gives back what is due, in order. */
    synchronized void giveBack(long now) {
        while (!parked.isEmpty() && now - parked.firstEntry().getValue().due() >= 0) {
            ServiceBusDelivery back = parked.pollFirstEntry().getValue().delivery();
            awaited.put(back.packed().getSequenceNumber(), now + COMES_BACK);
            quietSince = now;
            var _ = inbox.client().abandon(back.packed()).onErrorComplete().subscribe();
        }
        awaited.values().removeIf(until -> now - until >= 0);
        release();
    }

    /** Whether nothing is in hand, and nothing has come for {@code time}. */
    synchronized boolean quiet(long now, Duration time) {
        held.values().removeIf(delivery -> !delivery.live());
        boolean empty = held.isEmpty() && waiting.isEmpty() && parked.isEmpty() && awaited.isEmpty();
        return empty && now - quietSince - time.toNanos() >= 0;
    }

    /** Everything in it is lost: it is somebody else's. */
    synchronized void lose() {
        held.values().forEach(ServiceBusDelivery::lose);
        waiting.values().forEach(ServiceBusDelivery::lose);
        held.clear();
        waiting.clear();
        parked.clear();
        awaited.clear();
        inbox.end();
    }

    /** Stops receiving; answers what to wait for: everything in hand being given back, in order. */
    synchronized Flux<Void> leave() {
        inbox.cancel();
        TreeMap<Long, ServiceBusDelivery> back = new TreeMap<>(waiting);
        parked.forEach((sequence, each) -> back.put(sequence, each.delivery()));
        held.forEach((sequence, each) -> {
            if (each.claim()) {
                back.put(sequence, each);
            }
        });
        return Flux.fromIterable(new ArrayList<>(back.values()))
                .concatMap(delivery -> inbox.client().abandon(delivery.packed()).onErrorComplete());
    }
}
