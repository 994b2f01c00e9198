package io.wasmpipes.config;

import io.wasmpipes.Limits;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * How messages move.
 *
 * @param workers lanes
 * @param hopLimit how many pipes a message may have passed; empty for off
 */
public record Flow(int workers, Order order, Limits limits, Retry retry, OptionalInt hopLimit) {
    /** ORDER. */
    public enum Order {
        /** What the source promises. */
        AUTO,
        /** Per key. */
        KEY,
        /** The source's order: one lane. */
        SOURCE,
        /** None. */
        NONE
    }

    /** Retries of one message's own failures; outages have no end. */
    public record Retry(Duration initialInterval, Duration maxInterval, Duration maxElapsed, int maxDeliveries) {}
}
