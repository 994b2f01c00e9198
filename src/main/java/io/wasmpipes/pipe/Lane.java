package io.wasmpipes.pipe;

import io.wasmpipes.PoisonException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One worker: takes what has queued, runs its own chain, sends, awaits, commits, settles. In order it keeps a few batches
 * under way at sinks that stop at the first failure, and one message of a key at a time at others.
 */
final class Lane implements Runnable {
    private static final int FLIGHTS = 4;
    private static final long IDLE_NANOS = Duration.ofMillis(500).toNanos();
    private static final int CRASHES = 3;

    private final LaneQueue queue = new LaneQueue();
    private final ArrayDeque<Item> todo = new ArrayDeque<>();
    private final ArrayDeque<Flight> flights = new ArrayDeque<>();
    private final Set<Item> inHand = new LinkedHashSet<>();
    private final Shared shared;
    private final Runner runner;
    private final Finisher finisher;
    private final Recovery recovery;
    private final boolean oneOrder;
    private final boolean strict;
    private @Nullable Item current;
    private volatile long signNanos = System.nanoTime();
    private volatile long oldestNanos;

    /**
     * @param oneOrder whether all messages are in one order, so that none may go before one in recovery
     * @param strict whether one message of a key at a time may be under way
     */
    Lane(Shared shared, Chain chain, boolean oneOrder, boolean strict) {
        this.shared = shared;
        this.oneOrder = oneOrder;
        this.strict = strict;
        this.runner = new Runner(shared, chain);
        this.finisher = new Finisher(shared, new Holding(shared, this::sign), inHand);
        this.recovery = new Recovery(shared, runner, finisher, strict, new Waiting());
    }

    LaneQueue queue() {
        return queue;
    }

    /** When it last showed that it lives. */
    long signNanos() {
        return signNanos;
    }

    /** When the oldest message it has taken was received; 0 if it has none. */
    long oldestNanos() {
        return oldestNanos;
    }

    /** What was still in hand when it ended. Only after its thread has ended. */
    List<Item> leftOver() {
        List<Item> left = new ArrayList<>(inHand);
        try {
            left.addAll(queue.take(Integer.MAX_VALUE, 0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return left;
    }

    private void sign() {
        signNanos = System.nanoTime();
        oldestNanos = inHand.isEmpty() ? 0 : inHand.iterator().next().receivedNanos;
    }

    @Override
    public void run() {
        try (runner) {
            while (step()) {
                sign();
            }
        } catch (InterruptedException e) {
            // the drain has taken too long: the pipe hands back what is left over
        } catch (RuntimeException | Error e) {
            shared.halt().fail(e);
            buryCulprit(e);
        }
    }

    /** A message that was in hand at several crashes must not crash the next process too. */
    private void buryCulprit(Throwable crash) {
        Item culprit = current;
        if (culprit == null || culprit.attempt() < CRASHES || crash instanceof Undertaker.NowhereException) {
            return;
        }
        try {
            culprit.unproduce(
                    new PoisonException("", "crashed the pipe " + culprit.attempt() + " times: " + crash, crash));
            recovery.recover(List.of(culprit));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean step() throws InterruptedException {
        int room = shared.plan().policy().limits().batchSize();
        List<Item> taken = queue.take(room, flights.isEmpty() ? IDLE_NANOS : 0);
        if (!taken.isEmpty()) {
            shared.events().hop("wait", System.nanoTime() - taken.getFirst().receivedNanos);
        }
        inHand.addAll(taken);
        todo.addAll(taken);
        if (runner.outdated()) {
            landAll(); // what has begun ends with the modules it began with
            runner.renew();
        }
        if (!todo.isEmpty()) {
            runTodo();
            while (flights.size() >= FLIGHTS) {
                land(flights.removeFirst());
            }
            return true;
        }
        if (!flights.isEmpty()) {
            land(flights.removeFirst());
            return true;
        }
        return !queue.isDone();
    }

    private void runTodo() throws InterruptedException {
        List<Item> ready = new ArrayList<>(todo.size());
        Set<String> keys = new HashSet<>();
        for (Item item = todo.peekFirst(); item != null; item = todo.peekFirst()) {
            if (strict && item.orderKey != null && !keys.add(item.orderKey)) {
                ready = depart(ready);
                keys = new HashSet<>();
                continue;
            }
            todo.removeFirst();
            if (!item.delivery.live()) {
                finisher.lapse(List.of(item));
                continue;
            }
            run(item, ready);
            if (shared.budget().overdrawn() && !ready.isEmpty()) {
                ready = depart(ready);
                landAll();
            }
        }
        depart(ready);
    }

    private void run(Item item, List<Item> ready) throws InterruptedException {
        current = item;
        runner.run(item);
        PoisonException poison = item.poison();
        if (item.ran()) {
            ready.add(item);
        } else if (poison != null) {
            recovery.bury(item, poison);
        } else { // what came before it goes first, so that claims it may wait for can commit
            todo.addFirst(item);
            depart(List.copyOf(ready));
            ready.clear();
            landAll();
            if (todo.remove(item)) {
                recovery.recover(List.of(item));
            }
        }
        current = null;
    }

    /** Sends what is still ours; answers a new, empty list. */
    private List<Item> depart(List<Item> ready) throws InterruptedException {
        List<Item> items = finisher.live(ready);
        if (strict && !items.isEmpty()) {
            Flight.departStrictly(items, shared);
            through(items);
        } else if (!items.isEmpty()) {
            flights.addLast(Flight.depart(items, shared));
        }
        return new ArrayList<>();
    }

    private void landAll() throws InterruptedException {
        while (!flights.isEmpty()) {
            land(flights.removeFirst());
        }
    }

    private void land(Flight flight) throws InterruptedException {
        flight.land();
        through(flight.items());
    }

    private void through(List<Item> landed) throws InterruptedException {
        List<Item> rest = finisher.finish(landed);
        if (rest.isEmpty()) {
            return;
        }
        while (!flights.isEmpty()) {
            Flight next = flights.removeFirst();
            next.land();
            rest.addAll(next.items());
        }
        recovery.recover(rest);
    }

    /** What the lane has not begun yet. */
    private final class Waiting implements Recovery.Backlog {
        @Override
        public List<Item> takeBehind(Item item) {
            List<Item> behind = new ArrayList<>();
            todo.removeIf(next -> next.follows(item) && behind.add(next));
            List<Item> queued = queue.takeBehind(item);
            inHand.addAll(queued);
            behind.addAll(queued);
            return behind;
        }

        @Override
        public List<Item> takeNext(int max) throws InterruptedException {
            List<Item> next = new ArrayList<>();
            while (next.size() < max && !todo.isEmpty() && !oneOrder) {
                next.add(todo.removeFirst());
            }
            if (todo.isEmpty() && !oneOrder) {
                List<Item> queued = queue.take(max - next.size(), 0);
                inHand.addAll(queued);
                next.addAll(queued);
            }
            return next;
        }

        @Override
        public boolean complete() {
            return queue.isClosed();
        }
    }
}
