package io.wasmpipes.adapter.timer;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Makes a message per period, one at a time. */
final class TimerSource implements Source {
    private record Tick(Message message) implements Delivery {
        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public boolean live() {
            return true;
        }
    }

    private final TimerAdapter.Settings settings;
    private final InstantSource clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long nextNanos = System.nanoTime();
    private volatile long ticks;

    TimerSource(TimerAdapter.Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public void connect() {
        // the clock is always there
    }

    @Override
    public List<Delivery> receive(Demand demand) throws InterruptedException {
        if (exhausted()) {
            return List.of();
        }
        long wait = Math.min(demand.patience().toNanos(), Math.max(0, nextNanos - System.nanoTime()));
        if (closed.await(wait, TimeUnit.NANOSECONDS) || nextNanos - System.nanoTime() > 0) {
            return List.of();
        }
        long period = settings.period().toNanos();
        long late = System.nanoTime() - nextNanos;
        nextNanos += period * (1 + late / period);
        long tick = ticks + 1;
        ticks = tick; // one thread receives
        Headers headers = Headers.of(List.of(Header.of("tick", Long.toString(tick))));
        return List.of(new Tick(new Message(Id.NONE, settings.body(), headers, null, null, clock.instant())));
    }

    @Override
    public boolean exhausted() {
        return settings.repeat() > 0 && ticks >= settings.repeat();
    }

    @Override
    public void settle(List<Settled> settled) {
        // a tick does not come again
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
