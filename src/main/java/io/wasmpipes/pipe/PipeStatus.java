package io.wasmpipes.pipe;

import java.time.Duration;
import java.util.Map;

/**
 * A pipe at one moment.
 *
 * @param waitingFor the ends that have never been connected yet and why; empty once the pipe is ready
 * @param outages the ends that are away now and why
 * @param oldest how long the oldest message in hand has been there
 * @param silentFor how long the most silent lane has shown no sign of life
 */
public record PipeStatus(
        Phase phase,
        Map<String, String> waitingFor,
        Map<String, String> outages,
        int inFlightMessages,
        long inFlightBytes,
        Duration oldest,
        Duration silentFor) {
    public PipeStatus {
        waitingFor = Map.copyOf(waitingFor);
        outages = Map.copyOf(outages);
    }

    /** Where in its life. */
    public enum Phase {
        STARTING,
        RUNNING,
        DRAINING,
        STOPPED
    }
}
