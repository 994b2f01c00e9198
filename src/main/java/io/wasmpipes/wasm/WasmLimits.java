package io.wasmpipes.wasm;

import io.wasmpipes.wasm.abi.CacheLimits;
import io.wasmpipes.wasm.abi.OutputLimits;
import io.wasmpipes.wasm.engine.GuestLimits;
import java.time.Duration;

/**
 * The bounds of one module in one lane.
 *
 * @param memoryMax bytes of linear memory, from 64 KiB to 2047 MiB
 * @param timeout for one message, without the time the module waits for the cache
 * @param outputs what it may make of one message
 * @param cache what it may write to the cache with one message
 */
public record WasmLimits(long memoryMax, Duration timeout, OutputLimits outputs, CacheLimits cache) {
    public static final WasmLimits DEFAULT = new WasmLimits(
            64L << 20, Duration.ofSeconds(1), new OutputLimits(10_000, 16L << 20), new CacheLimits(10_000, 16L << 20));

    public WasmLimits {
        new GuestLimits(memoryMax, timeout);
    }

    GuestLimits guest() {
        return new GuestLimits(memoryMax, timeout);
    }
}
