package io.wasmpipes.app;

import io.wasmpipes.pipe.PipeStatus;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What the probes say. Ready: both ends have been connected once and the process is not leaving; a later outage is
 * degraded, yet ready. Live: no lane has been silent for {@link #STUCK}. Thread-safe.
 */
final class Health {
    /** Longer than any module's or sink's timeout should be. */
    static final Duration STUCK = Duration.ofMinutes(2);

    private final Supplier<PipeStatus> pipe;
    private volatile boolean leaving;

    Health(Supplier<PipeStatus> pipe) {
        this.pipe = pipe;
    }

    /** The process is about to stop: not ready any more. */
    void leave() {
        leaving = true;
    }

    boolean ready() {
        PipeStatus status = pipe.get();
        return !leaving
                && status.phase() == PipeStatus.Phase.RUNNING
                && status.waitingFor().isEmpty();
    }

    boolean live() {
        return pipe.get().silentFor().compareTo(STUCK) < 0;
    }

    PipeStatus status() {
        return pipe.get();
    }

    /** {@code starting}, {@code up}, {@code degraded}, {@code stopping} or {@code stuck}. */
    String word() {
        PipeStatus status = pipe.get();
        if (!live()) {
            return "stuck";
        }
        if (leaving || status.phase() == PipeStatus.Phase.DRAINING || status.phase() == PipeStatus.Phase.STOPPED) {
            return "stopping";
        }
        if (!ready()) {
            return "starting";
        }
        return status.outages().isEmpty() ? "up" : "degraded";
    }

    /** The ends that are away, and why, in the order of their names. */
    Map<String, String> away() {
        PipeStatus status = pipe.get();
        Map<String, String> away = new TreeMap<>(status.waitingFor());
        away.putAll(status.outages());
        return away;
    }
}
