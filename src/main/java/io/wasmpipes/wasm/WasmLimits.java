package io.wasmpipes.wasm;

import io.wasmpipes.wasm.abi.OutputLimits;
import io.wasmpipes.wasm.engine.GuestLimits;
import java.time.Duration;

/**
 * The bounds of one module in one lane.
 *
 * @param memoryMax bytes of linear memory, from 64 KiB to 2047 MiB
 * @param timeout for one message, without the time the module waits for the cache
 * @param outputsMax outputs of one message
 * @param outputBytesMax bytes of all outputs of one message
 */
public record WasmLimits(long memoryMax, Duration timeout, int outputsMax, long outputBytesMax) {
    public static final WasmLimits DEFAULT = new WasmLimits(64L << 20, Duration.ofSeconds(1), 10_000, 16L << 20);

    public WasmLimits {
        new GuestLimits(memoryMax, timeout);
        new OutputLimits(outputsMax, outputBytesMax);
    }

    GuestLimits guest() {
        return new GuestLimits(memoryMax, timeout);
    }

    OutputLimits outputs() {
        return new OutputLimits(outputsMax, outputBytesMax);
    }
}
