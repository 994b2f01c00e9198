package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Link;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads a queue. What is unacknowledged belongs to its channel: when that ends, so does every delivery, and the queue has
 * the messages again. In order while it is the queue's only reader, unless {@code ordered=false}.
 */
final class RabbitSource implements Source {
    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();
    private static final Duration LONGEST_ROUND = Duration.ofSeconds(10);

    private final RabbitSettings settings;
    private final Limits limits;
    private final String name;
    private final Prefetch prefetches;
    private final ScheduledThreadPoolExecutor owner;
    private final Link<Tap> link;
    private final AtomicBoolean rounds = new AtomicBoolean();
    private volatile @Nullable Tap last;
    private volatile long waiting = -1;
    private volatile boolean closed;

    RabbitSource(RabbitSettings settings, String name, Limits limits) {
        this.settings = settings;
        this.limits = limits;
        this.name = name;
        this.prefetches = new Prefetch(settings.reading().prefetch(), limits);
        this.owner = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform()
                        .daemon()
                        .name(name.replace(' ', '-') + "-channel")
                        .factory());
        owner.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        owner.setRemoveOnCancelPolicy(true);
        this.link = new Link<>("RabbitMQ at " + settings.server(), this::tap);
    }

    private Tap tap() throws TransientException, InterruptedException {
        Tap before = last;
        if (before != null) {
            before.awaitGone();
        }
        Session session = Session.open(settings.server(), name, channel -> {
            waiting = channel.queueDeclarePassive(settings.name()).getMessageCount();
        });
        Tap tap = new Tap(session, settings, owner, prefetches, limits);
        if (rounds.compareAndSet(false, true)) {
            long round = Math.min(settings.keep(limits).dividedBy(20).toNanos(), LONGEST_ROUND.toNanos());
            var _ = owner.scheduleWithFixedDelay(this::round, round, round, TimeUnit.NANOSECONDS);
        }
        last = tap;
        return tap;
    }

    private void round() {
        Tap tap = link.current();
        if (tap != null) {
            tap.lapse();
            waiting = tap.waiting();
        }
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        long end = System.nanoTime() + demand.patience().toNanos();
        while (!closed) {
            Tap tap;
            try {
                tap = link.open();
            } catch (TransientException e) {
                if (closed) {
                    break;
                }
                throw e;
            }
            List<Delivery> taken = tap.take(demand, end);
            if (!taken.isEmpty()) {
                return taken;
            }
            if (!tap.alive() && !tap.renewed() && !closed) {
                throw tap.why();
            }
            if (tap.alive() && tap.anyReady()) { // no room for the next one yet: do not make the caller spin
                TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
                break;
            }
            if (System.nanoTime() - end >= 0) {
                break;
            }
        }
        return List.of();
    }

    @Override
    public void settle(List<Settled> settled) throws InterruptedException {
        Tap tap = link.current();
        if (tap != null) {
            tap.settle(settled);
        }
    }

    @Override
    public OptionalLong lag() {
        long count = waiting;
        return count < 0 ? OptionalLong.empty() : OptionalLong.of(count);
    }

    @Override
    public void close() {
        closed = true;
        owner.shutdownNow();
        Tap tap = link.current();
        if (tap != null) {
            tap.wake();
        }
        link.close();
    }
}
