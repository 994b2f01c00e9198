package io.wasmpipes.wasm.engine;

import java.time.Duration;

/**
 * What one guest may use.
 *
 * @param memory bytes of linear memory
 * @param timeout of one call, without the time spent in host functions that wait
 */
public record GuestLimits(long memory, Duration timeout) {
    public GuestLimits {
        if (memory < FlatMemory.PAGE_SIZE || memory > (long) FlatMemory.PAGES_MAX * FlatMemory.PAGE_SIZE) {
            throw new IllegalArgumentException("WASM_MEMORY_MAX must be from 64KiB to 2047MiB, was " + memory);
        }
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("WASM_TIMEOUT must be positive, was " + timeout);
        }
    }

    int pages() {
        return (int) (memory / FlatMemory.PAGE_SIZE);
    }

    /** The memory limit as people write it. */
    String memoryText() {
        return memory % (1 << 20) == 0 ? (memory >> 20) + "MiB" : (memory >> 10) + "KiB";
    }
}
