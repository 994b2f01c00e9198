package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.GuestMemory;

/** The bounds of what guests keep in the cache. */
final class CacheRules {
    static final int KEY_MAX = 1 << 10;
    static final int VALUE_MAX = 1 << 20;

    private CacheRules() {}

    static String key(GuestMemory memory, long pointer, long length) throws PoisonException {
        String key = memory.text(pointer, length, KEY_MAX, "cache key");
        if (key.isEmpty()) {
            throw new PoisonException("used an empty cache key");
        }
        return key;
    }

    static Bytes value(GuestMemory memory, long pointer, long length) throws PoisonException {
        return memory.read(pointer, length, VALUE_MAX, "cache value");
    }
}
