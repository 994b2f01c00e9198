package io.wasmpipes.adapter.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the locks of what a source holds, renewing each at a third of its time up to LEASE_MAX, and gives handed-back
 * messages back once their delay is over. A platform thread, so that busy virtual threads cannot starve it.
 */
final class Locks implements Holder, AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration SHORTEST = Duration.ofMillis(300);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final int AT_ONCE = 64;

    private final Set<ServiceBusDelivery> held = ConcurrentHashMap.newKeySet();
    private final Map<ServiceBusDelivery, Long> parked = new ConcurrentHashMap<>();
    private final Supplier<@Nullable Inbox> inbox;
    private final InstantSource clock = InstantSource.system();
    private final AtomicBoolean started = new AtomicBoolean();
    private final Thread thread;

    /** {@code inbox} is the one in use, or null. */
    Locks(Supplier<@Nullable Inbox> inbox) {
        this.inbox = inbox;
        this.thread = Thread.ofPlatform().daemon().name("service-bus-locks").unstarted(this::run);
    }

    void start() {
        if (started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    void add(ServiceBusDelivery delivery) {
        long now = System.nanoTime();
        delivery.lockedFor(now, left(clock, delivery.packed().getLockedUntil()).toNanos());
        held.add(delivery);
    }

    /** How long a lock still holds, within the bounds of the service, lest a wrong clock make it endless or nothing. */
    static Duration left(InstantSource clock, @Nullable OffsetDateTime until) {
        Duration left = until == null ? SHORTEST : Duration.between(clock.instant(), until.toInstant());
        if (left.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return left.compareTo(LONGEST) > 0 ? LONGEST : left;
    }

    @Override
    public Inbox inbox(ServiceBusDelivery delivery, Inbox newest) {
        return newest;
    }

    @Override
    public void remove(ServiceBusDelivery delivery) {
        held.remove(delivery);
    }

    @Override
    public boolean park(ServiceBusDelivery delivery, Duration delay) {
        if (!delay.isPositive()) {
            return false;
        }
        parked.put(delivery, System.nanoTime() + delay.toNanos());
        held.remove(delivery);
        return true;
    }

    /** Everything whose lock is there, and forgets it; the live ones are claimed. */
    List<ServiceBusDelivery> leave() {
        List<ServiceBusDelivery> all = new ArrayList<>(parked.keySet());
        for (ServiceBusDelivery delivery : held) {
            if (delivery.claim()) {
                all.add(delivery);
            }
        }
        held.clear();
        parked.clear();
        return all;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(TICK);
                Inbox current = inbox.get();
                if (current != null) {
                    long now = System.nanoTime();
                    giveBack(current.client(), now);
                    renew(current.client(), now);
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** One that cannot be given back comes again when its lock ends. */
    private void giveBack(ServiceBusReceiverAsyncClient current, long now) {
        parked.entrySet().removeIf(each -> {
            boolean due = now - each.getValue() >= 0;
            if (due) {
                var _ = current.abandon(each.getKey().packed())
                        .onErrorComplete()
                        .subscribe();
            }
            return due || !each.getKey().locked(now);
        });
    }

    private void renew(ServiceBusReceiverAsyncClient current, long now) {
        held.removeIf(delivery -> !delivery.live());
        List<ServiceBusDelivery> due = new ArrayList<>();
        parked.keySet().stream().filter(d -> d.wantsRenewal(now)).forEach(due::add);
        held.stream().filter(d -> d.wantsRenewal(now) && d.mayKeep(now)).forEach(due::add);
        for (ServiceBusDelivery delivery : due.subList(0, Math.min(due.size(), AT_ONCE))) {
            delivery.renewNotBefore(now + Clients.ANSWER.toNanos() / 4);
            var _ = current.renewMessageLock(delivery.packed())
                    .subscribe(until -> renewed(delivery, now, until), why -> refused(delivery, why));
        }
    }

    private void renewed(ServiceBusDelivery delivery, long asked, OffsetDateTime until) {
        delivery.lockedFor(asked, left(clock, until).toNanos());
    }

    /** A lock that is lost is somebody else's; for any other reason it is tried again while it holds. */
    private void refused(ServiceBusDelivery delivery, Throwable why) {
        if (Failures.lockLost(why)) {
            delivery.lose();
            held.remove(delivery);
            parked.remove(delivery);
        } else {
            delivery.renewNotBefore(System.nanoTime() + SHORTEST.toNanos() / 3);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
