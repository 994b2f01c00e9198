package io.wasmpipes.wasm.abi;

/**
 * What a module may write to the cache with one message.
 *
 * @param writes values set, deleted, claimed or added to
 * @param bytes of their keys and values, in sum
 */
public record CacheLimits(int writes, long bytes) {
    public CacheLimits {
        if (writes < 0 || bytes < 0) {
            throw new IllegalArgumentException(
                    "WASM_CACHE_WRITES_MAX and WASM_CACHE_BYTES_MAX must not be negative, were " + writes + " and "
                            + bytes);
        }
    }
}
