package io.wasmpipes;

import java.time.Duration;

/**
 * The bounds of what a pipe holds.
 *
 * @param maxInFlight messages received and not settled
 * @param maxInFlightBytes their {@link Message#size()} in sum
 * @param maxMessageBytes a larger body is poison
 * @param batchSize messages a lane takes at once
 * @param leaseMax how long a delivery is kept alive at its source
 */
public record Limits(int maxInFlight, long maxInFlightBytes, long maxMessageBytes, int batchSize, Duration leaseMax) {
    public static final Limits DEFAULT = new Limits(1000, 32L << 20, 8L << 20, 100, Duration.ofHours(1));
}
