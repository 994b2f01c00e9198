package io.wasmpipes.pipe;

import java.time.Duration;

/**
 * How failures are repeated: waits grow from {@code initialInterval} to {@code maxInterval} with full jitter.
 *
 * @param maxElapsed how long one message's own failure is retried in place before it is handed back
 * @param maxDeliveries after as many deliveries a message is dead-lettered
 */
public record Retry(Duration initialInterval, Duration maxInterval, Duration maxElapsed, int maxDeliveries) {
    public static final Retry DEFAULT =
            new Retry(Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofMinutes(1), 10);
}
