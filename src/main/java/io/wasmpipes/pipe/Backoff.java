package io.wasmpipes.pipe;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Capped exponential waits with full jitter. One thread. */
final class Backoff {
    private final Retry retry;
    private final RandomGenerator random;
    private int step;

    Backoff(Retry retry, RandomGenerator random) {
        this.retry = retry;
        this.random = random;
    }

    Duration next() {
        long cap = Math.max(1, retry.maxInterval().toNanos());
        long bound = Math.min(cap, Math.max(1, retry.initialInterval().toNanos()));
        for (int i = 0; i < step && bound < cap; i++) {
            bound = bound > cap / 2 ? cap : bound * 2;
        }
        step++;
        return Duration.ofNanos(1 + random.nextLong(bound));
    }
}
