package io.wasmpipes.wasm.engine;

import java.time.Duration;

/**
 * What one guest may use.
 *
 * @param memory bytes of linear memory
 * @param timeout of one call of a guest that has started, without the time spent in host functions that wait
 */
public record GuestLimits(long memory, Duration timeout) {
    /** A guest may build its tables while it starts, in code that the JVM has not compiled yet. */
    private static final Duration START_LEAST = Duration.ofSeconds(10);

    public GuestLimits {
        if (memory < FlatMemory.PAGE_SIZE || memory > (long) FlatMemory.PAGES_MAX * FlatMemory.PAGE_SIZE) {
            throw new IllegalArgumentException("WASM_MEMORY_MAX must be from 64KiB to 2047MiB, was " + memory);
        }
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("WASM_TIMEOUT must be positive, was " + timeout);
        }
    }

    /** Of one call while the guest starts. */
    Duration startTimeout() {
        return timeout.compareTo(START_LEAST) > 0 ? timeout : START_LEAST;
    }

    /** Bytes above which a guest is made anew between two messages, before it runs into its limit within one. */
    public long highWater() {
        return memory / 4 * 3;
    }

    int pages() {
        return (int) (memory / FlatMemory.PAGE_SIZE);
    }

    /** The memory limit as people write it. */
    String memoryText() {
        return memory % (1 << 20) == 0 ? (memory >> 20) + "MiB" : (memory >> 10) + "KiB";
    }
}
