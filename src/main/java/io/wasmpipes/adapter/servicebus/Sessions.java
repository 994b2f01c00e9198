package io.wasmpipes.adapter.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverAsyncClient;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that are ours. One thread accepts the next one while there is room; a platform thread keeps their locks, so
 * that busy virtual threads cannot starve it, and leaves the quiet ones.
 */
final class Sessions implements Holder {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final long RENEWAL_NANOS = Duration.ofSeconds(2).toNanos();

    private final Clients clients;
    private final Function<ServiceBusReceiverAsyncClient, Session> make;
    private final Semaphore room;
    private final List<Session> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicReference<@Nullable TransientException> failure = new AtomicReference<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final InstantSource clock = InstantSource.system();
    private final Thread keeper;
    private volatile @Nullable Thread acceptor;
    private volatile @Nullable ServiceBusSessionReceiverAsyncClient client;
    private volatile boolean left;

    Sessions(Clients clients, Function<ServiceBusReceiverAsyncClient, Session> make) {
        this.clients = clients;
        this.make = make;
        this.room = new Semaphore(clients.settings().sessions());
        this.keeper = Thread.ofPlatform().daemon().name("service-bus-sessions").unstarted(this::keep);
    }

    boolean accepting() {
        Thread thread = acceptor;
        return thread != null && thread.isAlive();
    }

    /** Counts the sessions that came and went. */
    int changes() {
        return changes.get();
    }

    /** Tells once why accepting ended. */
    void throwFailure() throws TransientException {
        TransientException why = failure.getAndSet(null);
        if (why != null) {
            throw why;
        }
    }

    /** Accepts sessions by this client from now on; {@code changed} runs when one came, or accepting has ended. */
    void accept(ServiceBusSessionReceiverAsyncClient fresh, Runnable changed) {
        ServiceBusSessionReceiverAsyncClient old = client;
        client = fresh;
        if (old != null) {
            Thread.ofVirtual().name("service-bus-end").start(old::close);
        }
        acceptor = Thread.ofVirtual().name("service-bus-accept").start(() -> accepting(fresh, changed));
        if (started.compareAndSet(false, true)) {
            keeper.start();
        }
    }

    private void accepting(ServiceBusSessionReceiverAsyncClient from, Runnable changed) {
        try {
            while (!left) {
                room.acquire();
                boolean got = false;
                try {
                    got = next(from);
                } finally {
                    if (!got) {
                        room.release();
                    }
                }
                changes.incrementAndGet();
                changed.run();
            }
        } catch (TransientException e) {
            failure.set(e);
        } catch (InterruptedException e) {
            // closed
        } finally {
            changes.incrementAndGet();
            changed.run();
        }
    }

    /** False if there was no session to have for some seconds. */
    private boolean next(ServiceBusSessionReceiverAsyncClient from) throws TransientException, InterruptedException {
        ServiceBusReceiverAsyncClient receiver;
        try {
            receiver = clients.await(from.acceptNextSession(), Clients.ANSWER);
        } catch (TransientException e) {
            if (Failures.timedOut(e)) {
                return false;
            }
            throw e;
        }
        Session session = make.apply(receiver);
        boolean done = false;
        try {
            long asked = System.nanoTime();
            OffsetDateTime until = clients.await(receiver.renewSessionLock(), Clients.ANSWER);
            session.lockedFor(asked, Locks.left(clock, until).toNanos());
            session.inbox().open();
            open.add(session);
            done = true;
            return true;
        } finally {
            if (!done) {
                session.lose();
            }
        }
    }

    /** Sees to it that about {@code count} messages are asked for, spread over the sessions. */
    void ask(int count) {
        List<Session> all = List.copyOf(open);
        int each = Math.max(1, count / Math.max(1, all.size()));
        all.stream().limit(count).forEach(session -> session.ask(each));
    }

    private void keep() {
        try {
            while (true) {
                Thread.sleep(TICK);
                long now = System.nanoTime();
                for (Session session : open) {
                    keep(session, now);
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void keep(Session session, long now) {
        if (!session.inbox().alive() || session.lockEnded(now) || session.quiet(now, QUIET)) {
            end(session);
            return;
        }
        session.giveBack(now);
        if (session.wantsRenewal(now) && session.renewing(now, RENEWAL_NANOS)) {
            var _ = session.inbox()
                    .client()
                    .renewSessionLock()
                    .subscribe(
                            until -> session.lockedFor(
                                    now, Locks.left(clock, until).toNanos()),
                            why -> refused(session, why));
        }
    }

    /** A lock that is lost takes the session along; for any other reason it is renewed again while it holds. */
    private void refused(Session session, Throwable why) {
        if (Failures.lockLost(why)) {
            end(session);
        }
    }

    private void end(Session session) {
        if (open.remove(session)) {
            session.lose();
            room.release();
            changes.incrementAndGet();
        }
    }

    @Override
    public Inbox inbox(ServiceBusDelivery delivery, Inbox newest) {
        return Objects.requireNonNull(delivery.session()).inbox();
    }

    @Override
    public boolean park(ServiceBusDelivery delivery, Duration delay) {
        Objects.requireNonNull(delivery.session()).park(delivery, delay);
        return true;
    }

    @Override
    public void remove(ServiceBusDelivery delivery) {
        Objects.requireNonNull(delivery.session()).remove(delivery);
    }

    /** Gives back what is in hand, as far as it can be done in this time, and ends. */
    void leave(Duration patience) {
        left = true;
        keeper.interrupt();
        Thread accepts = acceptor;
        if (accepts != null) {
            accepts.interrupt();
        }
        CompletableFuture<?>[] answers =
                open.stream().map(session -> session.leave().then().toFuture()).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(answers).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // they come again when their session's lock ends
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.forEach(Session::lose);
        ServiceBusSessionReceiverAsyncClient used = client;
        if (used != null) {
            Thread.ofVirtual().name("service-bus-end").start(used::close);
        }
    }
}
