package io.wasmpipes.pipe;

import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Brings the items of a lane through that did not go through at once, in order. Owned by the lane. */
final class Recovery {
    /** The one end whose outage this class ends; that of a sink is over when the sink answers. */
    private static final String CACHE = "cache";

    private final Shared shared;
    private final Runner runner;
    private final Finisher finisher;
    private final Undertaker undertaker;
    private final Holding holding;
    private final boolean strict;
    private final Backlog backlog;

    /** What waits in the lane. */
    interface Backlog {
        /** Takes what must not overtake {@code item}. */
        List<Item> takeBehind(Item item);

        /** Takes the next ones, at most {@code max}; none where they could not go before those in recovery. */
        List<Item> takeNext(int max) throws InterruptedException;

        /** Whether the source is asked for nothing more: before that it would give again what is handed back. */
        boolean complete();
    }

    Recovery(Shared shared, Runner runner, Finisher finisher, boolean strict, Backlog backlog) {
        this.shared = shared;
        this.runner = runner;
        this.finisher = finisher;
        this.holding = finisher.holding();
        this.undertaker = new Undertaker(shared, holding, finisher);
        this.strict = strict;
        this.backlog = backlog;
    }

    /** Ends an item whose input is poison. */
    void bury(Item item, PoisonException poison) throws InterruptedException {
        undertaker.bury(item, poison);
    }

    /** Returns when every item has been settled, handed back, buried, or has lapsed. */
    void recover(List<Item> items) throws InterruptedException {
        List<Item> left = new ArrayList<>(items);
        Backoff backoff = holding.backoff();
        while (true) {
            left = finisher.live(left);
            left = bury(left);
            left = finisher.finish(left);
            unproduceMisread(left);
            if (left.isEmpty()) {
                break;
            }
            if (backlog.complete() && shared.plan().source().takesBack()) {
                finisher.handBack(withBehind(left), Duration.ZERO, null);
                break;
            }
            left = pause(left, backoff);
            left.addAll(backlog.takeNext(roomBeside(left)));
            left = finisher.live(left);
            again(left);
        }
        shared.outages().end(CACHE, this);
    }

    /**
     * Others go on while some are retried. In an outage one of them may: if it gets through, the sink is not away, and the
     * failure is the message's own.
     */
    private int roomBeside(List<Item> failing) {
        boolean outage = failing.stream().anyMatch(item -> item.endThatFails(shared.evidence()) != null);
        int room = outage ? 2 : shared.plan().policy().limits().batchSize();
        return shared.budget().overdrawn() ? 0 : Math.max(0, room - failing.size());
    }

    private List<Item> bury(List<Item> items) throws InterruptedException {
        List<Item> left = new ArrayList<>(items.size());
        for (Item item : items) {
            PoisonException poison = item.poison();
            if (poison != null) {
                undertaker.bury(item, poison);
            } else if (buryOutputs(item)) {
                left.add(item);
            }
        }
        return left;
    }

    private boolean buryOutputs(Item item) throws InterruptedException {
        for (Parcel parcel : item.parcels()) {
            if (parcel.failure() instanceof PoisonException why && !undertaker.bury(item, parcel, why)) {
                return false;
            }
        }
        return true;
    }

    private void unproduceMisread(List<Item> items) throws InterruptedException {
        for (Item item : items) {
            Overlay overlay = item.overlay();
            if (overlay != null && (overlay.misread() || !claimsKept(overlay))) {
                overlay.rollBack();
                shared.budget().giveBack(0, item.outputSize());
                item.unproduce(null);
            }
        }
    }

    private static boolean claimsKept(Overlay overlay) throws InterruptedException {
        try {
            return overlay.keepClaims();
        } catch (TransientException e) {
            return true; // the cache is away: whether the claim was lost shows when it is back
        }
    }

    /** Sleeps as the failures ask for; hands back or buries what has been retried for too long; answers the rest. */
    private List<Item> pause(List<Item> items, Backoff backoff) throws InterruptedException {
        boolean failing = false;
        Duration wait = backoff.next();
        Set<String> away = new HashSet<>();
        List<Item> exhausted = new ArrayList<>();
        for (Item item : items) {
            TransientException why = item.waitsFor();
            if (why == null) {
                continue;
            }
            failing = true;
            String end = item.endThatFails(shared.evidence());
            if (end != null) {
                away.add(end);
                shared.outages().begin(end, String.valueOf(why.getMessage()), this);
            } else if (ownFailureExhausted(item)) {
                exhausted.add(item);
            }
            Duration asked = why.retryAfter();
            wait = asked != null && asked.compareTo(wait) > 0 ? asked : wait;
        }
        if (!away.contains(CACHE)) {
            shared.outages().end(CACHE, this);
        }
        List<Item> left = giveUp(exhausted, items, wait);
        if (failing && !left.isEmpty()) {
            holding.sleep(min(wait, shared.plan().policy().retry().maxElapsed()));
        }
        return left;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** While anything is away nobody's time runs: the failure may be its echo, such as a claim held by one that waits. */
    private boolean ownFailureExhausted(Item item) {
        if (!shared.outages().why().isEmpty()) {
            item.patience().reset();
            return false;
        }
        long limit = shared.plan().policy().retry().maxElapsed().toNanos();
        return item.patience().fail(System.nanoTime()) >= limit;
    }

    private List<Item> giveUp(List<Item> exhausted, List<Item> items, Duration delay) throws InterruptedException {
        List<Item> left = new ArrayList<>(items);
        int most = shared.plan().policy().retry().maxDeliveries();
        for (Item item : exhausted) {
            TransientException why = item.waitsFor();
            if (!left.contains(item) || why == null) {
                continue; // went with an earlier one
            }
            if (item.attempt() >= most || item.delivery.last()) {
                left.remove(item);
                undertaker.bury(
                        item,
                        new PoisonException(
                                "", "given up after " + item.attempt() + " deliveries: " + why.getMessage(), why));
            } else if (shared.plan().source().takesBack()) {
                List<Item> back = withBehind(takeFollowing(item, left));
                finisher.handBack(back, delay, why);
            } else {
                item.nextRound();
            }
        }
        return left;
    }

    /** Takes {@code item} and what must not overtake it out of {@code items}. */
    private static List<Item> takeFollowing(Item item, List<Item> items) {
        List<Item> taken = new ArrayList<>();
        boolean behind = false;
        for (Iterator<Item> all = items.iterator(); all.hasNext(); ) {
            Item next = all.next();
            boolean self = next.equals(item);
            if (self || (behind && next.follows(item))) {
                taken.add(next);
                all.remove();
            }
            behind |= self;
        }
        return taken;
    }

    private List<Item> withBehind(List<Item> items) {
        List<Item> all = new ArrayList<>(items);
        for (Item item : items) {
            all.addAll(backlog.takeBehind(item));
        }
        return all;
    }

    /** Runs what must run and sends what may be sent: nothing overtakes an earlier message that it must follow. */
    private void again(List<Item> items) throws InterruptedException {
        List<Item> going = new ArrayList<>(items.size());
        Set<String> blocked = new HashSet<>();
        for (Item item : items) {
            String key = item.orderKey;
            if (key != null && blocked.contains(key)) {
                continue;
            }
            if (!item.ran()) {
                runner.run(item);
            }
            if (item.ran() && !item.arrived()) {
                going.add(item);
            }
            if (key != null && (!item.ran() || (strict && !item.arrived()))) {
                blocked.add(key);
            }
        }
        if (strict) {
            Flight.departStrictly(going, shared);
        } else if (!going.isEmpty()) {
            Flight.depart(going, shared).land();
        }
    }
}
