package io.wasmpipes.pipe;

import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ends items: commits their writes, settles them at the source, returns their budget. Owned by a lane. */
final class Finisher {
    private final Shared shared;
    private final Holding holding;
    private final Duration remember;

    private final Set<Item> inHand;

    /** @param inHand what the lane has in hand; ended items leave it */
    Finisher(Shared shared, Holding holding, Set<Item> inHand) {
        this.shared = shared;
        this.holding = holding;
        this.inHand = inHand;
        Limits limits = shared.plan().policy().limits();
        this.remember = limits.leaseMax().plusHours(1);
    }

    Holding holding() {
        return holding;
    }

    /** Commits and settles, in order, every item whose outputs have arrived; answers those that must stay. */
    List<Item> finish(List<Item> items) throws InterruptedException {
        List<Item> rest = new ArrayList<>(0);
        List<Settled> done = new ArrayList<>(items.size());
        List<Item> gone = new ArrayList<>(items.size());
        long committing = 0;
        for (Item item : items) {
            Overlay overlay = item.overlay();
            if (!item.arrived() || (overlay != null && !overlay.mayCommit())) {
                rest.add(item);
                continue;
            }
            if (overlay != null) {
                committing += commit(item, overlay);
            }
            done.add(new Settled(item.delivery, new Settlement.Done(item.reply())));
            gone.add(item);
        }
        if (committing > 0) {
            shared.events().hop("commit", committing);
        }
        if (!gone.isEmpty()) {
            through(gone, done);
        }
        return rest;
    }

    private void through(List<Item> gone, List<Settled> done) throws InterruptedException {
        long start = System.nanoTime();
        settle(done);
        long now = System.nanoTime();
        for (Item item : gone) {
            shared.events().done(now - item.receivedNanos);
            item.trail.hop("settle", start);
            item.trail.ended(Trail.Ending.DONE, "");
        }
        shared.deadLetterGauge().through(gone.size());
        forget(gone);
    }

    /** How long it took. */
    private long commit(Item item, Overlay overlay) throws InterruptedException {
        long start = System.nanoTime();
        holding.until("cache", () -> overlay.commit(remember));
        item.trail.hop("commit", start);
        return System.nanoTime() - start;
    }

    /** Settles one item that did not go through. */
    void settle(Item item, Settlement settlement, Trail.Ending ending, String why) throws InterruptedException {
        settle(List.of(new Settled(item.delivery, settlement)));
        item.trail.ended(ending, why);
        forget(List.of(item));
    }

    /** Hands items back, in order; they come again after {@code delay}. */
    void handBack(List<Item> items, Duration delay, @Nullable Throwable cause) throws InterruptedException {
        Throwable why = cause == null ? new InterruptedException("the pipe is stopping") : cause;
        List<Settled> back = new ArrayList<>(items.size());
        for (Item item : items) {
            rollBack(item);
            back.add(new Settled(item.delivery, new Settlement.Retry(delay, why)));
        }
        settle(back);
        shared.events().handedBack(items.size());
        items.forEach(item -> item.trail.ended(Trail.Ending.HANDED_BACK, String.valueOf(why.getMessage())));
        forget(items);
    }

    /** Those of {@code items} whose delivery is still ours; lets go of the others. */
    List<Item> live(List<Item> items) throws InterruptedException {
        List<Item> live = new ArrayList<>(items.size());
        List<Item> lapsed = new ArrayList<>(0);
        for (Item item : items) {
            (item.delivery.live() ? live : lapsed).add(item);
        }
        if (!lapsed.isEmpty()) {
            lapse(lapsed);
        }
        return live;
    }

    /** Lets go of items whose delivery is no longer ours; their system delivers them again. */
    void lapse(List<Item> items) throws InterruptedException {
        for (Item item : items) {
            rollBack(item);
            item.trail.ended(Trail.Ending.LAPSED, "");
        }
        shared.events().lapsed(items.size());
        forget(items);
    }

    static void rollBack(Item item) throws InterruptedException {
        Overlay overlay = item.overlay();
        if (overlay != null) {
            overlay.rollBack();
        }
    }

    private void settle(List<Settled> settled) throws InterruptedException {
        long start = System.nanoTime();
        holding.until("source", () -> shared.plan().source().source().settle(settled));
        shared.events().hop("settle", System.nanoTime() - start);
    }

    private void forget(List<Item> items) {
        long bytes = 0;
        for (Item item : items) {
            bytes += item.size();
            inHand.remove(item);
            item.delivery.release();
        }
        shared.budget().giveBack(items.size(), bytes);
    }
}
