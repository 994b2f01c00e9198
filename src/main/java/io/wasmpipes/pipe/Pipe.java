package io.wasmpipes.pipe;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pipe: one intake, some lanes, and everything they share. */
public final class Pipe {
    private static final Logger LOG = LoggerFactory.getLogger(Pipe.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);

    private final Plan plan;
    private final Shared shared;
    private final Ends ends;
    private final List<Lane> lanes = new ArrayList<>();
    private volatile PipeStatus.Phase phase = PipeStatus.Phase.STARTING;

    public Pipe(Plan plan, PipeEvents events, InstantSource clock) {
        this.plan = plan;
        this.shared = Shared.of(plan, events, clock);
        this.ends = new Ends(shared);
    }

    /** How a run ended. */
    public enum Exit {
        /** Everything in hand was settled or handed back. */
        CLEAN,
        /** Something could not be: a bug, a message with nowhere to go, or the drain took too long. */
        FAILED
    }

    /**
     * Runs until {@link #stop} is called, the source is exhausted, or the pipe fails. Connects both ends first, waiting for
     * those that are away. Closes stages, sinks, cache and source before it returns. Call once.
     *
     * @throws ConfigException if a stage does not open
     */
    public Exit run() throws ConfigException, InterruptedException {
        Order order = plan.policy().order().resolve(plan.source().promises());
        try {
            openLanes(order);
            ends.connect();
            return work(order);
        } finally {
            phase = PipeStatus.Phase.STOPPED;
            ends.close();
        }
    }

    private void openLanes(Order order) throws ConfigException {
        int workers = order == Order.SOURCE ? 1 : plan.policy().workers();
        boolean strict = order != Order.NONE && !shared.router().sendsInOrder();
        for (int i = 0; i < workers; i++) {
            Chain chain = Chain.open(shared.stages().get(), shared.events());
            synchronized (lanes) {
                lanes.add(new Lane(shared, chain, order == Order.SOURCE, strict));
            }
        }
    }

    private Exit work(Order order) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Lane lane : lanes) {
            threads.add(Thread.ofPlatform().name("lane-" + threads.size()).start(lane));
        }
        Thread intake = Thread.ofPlatform().name("intake").start(new Intake(shared, lanes, order));
        if (!shared.halt().asked()) {
            phase = PipeStatus.Phase.RUNNING;
        }
        shared.halt().await();
        phase = PipeStatus.Phase.DRAINING;
        intake.interrupt();
        long deadline = System.nanoTime() + plan.policy().drain().toNanos();
        join(intake, deadline);
        for (Thread lane : threads) {
            join(lane, deadline);
        }
        return end(threads);
    }

    private static void join(Thread thread, long deadline) throws InterruptedException {
        thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }

    private Exit end(List<Thread> threads) throws InterruptedException {
        long deadline = System.nanoTime() + LAST_WORDS.toNanos();
        threads.forEach(Thread::interrupt);
        boolean ended = true;
        for (Thread lane : threads) {
            join(lane, deadline);
            ended &= !lane.isAlive();
        }
        boolean clean = ended && handBackRest() && shared.halt().failure() == null;
        Throwable failure = shared.halt().failure();
        if (failure instanceof Undertaker.NowhereException) {
            LOG.error("pipe stopped: {}", failure.getMessage());
        } else if (failure != null) {
            LOG.error("pipe stopped by a bug", failure);
        }
        return clean ? Exit.CLEAN : Exit.FAILED;
    }

    /** Whether what the drain has not brought through is with the source again. */
    private boolean handBackRest() throws InterruptedException {
        List<Settled> rest = new ArrayList<>();
        InterruptedException cause = new InterruptedException("the pipe is stopping");
        for (Lane lane : lanes) {
            for (Item item : lane.leftOver()) {
                Finisher.rollBack(item);
                item.trail.ended(Trail.Ending.HANDED_BACK, "the pipe is stopping");
                rest.add(new Settled(item.delivery, new Settlement.Retry(Duration.ZERO, cause)));
            }
        }
        if (rest.isEmpty()) {
            return true;
        }
        LOG.warn(
                "drain took too long messages={} handed_back={}",
                rest.size(),
                plan.source().takesBack());
        try {
            plan.source().source().settle(rest);
            rest.forEach(settled -> settled.delivery().release());
            return plan.source().takesBack();
        } catch (TransientException e) {
            LOG.error("could not hand back messages={} reason={}", rest.size(), e.getMessage());
            return false;
        }
    }

    /**
     * Puts other stages in the place of those that run, as many. Each worker goes over between two messages, and retries of
     * what it has in hand finish with the stages they began with. Returns as soon as the stages are known to open. Any thread.
     *
     * @throws ConfigException if a stage does not open; then everything stays as it is
     */
    public void replace(List<Stage.Factory> stages) throws ConfigException {
        if (stages.size() != plan.stages().size()) {
            throw new IllegalArgumentException(
                    stages.size() + " stages in place of " + plan.stages().size());
        }
        Chain.open(stages, shared.events()).close();
        shared.stages().set(List.copyOf(stages));
    }

    /** Stops asking, drains, hands back the rest. Returns at once; any thread; idempotent. */
    public void stop() {
        shared.halt().ask();
    }

    /** Any thread, at any time; never blocks for long. */
    public PipeStatus status() {
        long now = System.nanoTime();
        long oldest = 0;
        long silent = 0;
        synchronized (lanes) {
            for (Lane lane : lanes) {
                long since = lane.oldestNanos();
                oldest = Math.max(oldest, since == 0 ? 0 : now - since);
                silent = Math.max(silent, phase == PipeStatus.Phase.RUNNING ? now - lane.signNanos() : 0);
            }
        }
        return new PipeStatus(
                phase,
                ends.waitingFor(),
                shared.outages().why(),
                shared.budget().messages(),
                shared.budget().bytes(),
                Duration.ofNanos(oldest),
                Duration.ofNanos(silent));
    }
}
