package io.wasmpipes.wasm.abi;

import io.wasmpipes.PoisonException;

/**
 * What a module may make of one message.
 *
 * @param count of outputs
 * @param bytes of their bodies and of the headers and keys the module sets, in sum
 */
public record OutputLimits(int count, long bytes) {
    public OutputLimits {
        if (count < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "WASM_OUTPUTS_MAX and WASM_OUTPUT_BYTES_MAX must be at least 1, were " + count + " and " + bytes);
        }
    }

    /** What a guest is told that makes more bytes. */
    PoisonException exceeded() {
        return new PoisonException("made more bytes of output than WASM_OUTPUT_BYTES_MAX=" + bytes);
    }
}
