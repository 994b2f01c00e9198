package io.wasmpipes.adapter.redis;

import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps what a source holds from being taken over: at a third of the lease it starts all leases anew, up to LEASE_MAX.
 * A platform thread, so that busy virtual threads cannot starve it.
 */
final class LeaseKeeper implements AutoCloseable {
    private static final int AT_ONCE = 500;

    private final Line line;
    private final Group group;
    private final Hand hand;
    private final Duration idle;
    private final AtomicBoolean started = new AtomicBoolean();
    private final Thread thread;

    LeaseKeeper(Line line, Group group, Hand hand, Duration idle) {
        this.line = line;
        this.group = group;
        this.hand = hand;
        this.idle = idle;
        this.thread = Thread.ofPlatform().daemon().name("redis-leases").unstarted(this::run);
    }

    void start() {
        if (started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(idle.dividedBy(3));
                keepAll();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void keepAll() throws InterruptedException {
        List<EntryId> ids = hand.toKeep(System.nanoTime());
        try {
            for (int from = 0; from < ids.size(); from += AT_ONCE) {
                keep(ids.subList(from, Math.min(ids.size(), from + AT_ONCE)));
            }
        } catch (TransientException e) {
            // leases end by themselves unless a later round is in time; settle and receive tell of the outage
        }
    }

    private void keep(List<EntryId> ids) throws TransientException, InterruptedException {
        long asked = System.nanoTime();
        List<EntryId> lost = group.keep(line, ids);
        List<EntryId> kept = new ArrayList<>(ids);
        kept.removeAll(lost);
        hand.kept(kept, asked + idle.toNanos());
        lost.forEach(hand::forget);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
