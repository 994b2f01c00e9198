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
        return key(memory.text(pointer, length, KEY_MAX, "cache key"));
    }

    static String key(String key) throws PoisonException {
        if (key.isEmpty()) {
            throw new PoisonException("used an empty cache key");
        }
        if (key.length() > KEY_MAX) {
            throw new PoisonException(
                    "used a cache key of " + key.length() + " characters, at most " + KEY_MAX + " are allowed");
        }
        return key;
    }

    static Bytes value(GuestMemory memory, long pointer, long length) throws PoisonException {
        return memory.read(pointer, length, VALUE_MAX, "cache value");
    }

    static Bytes value(Bytes value) throws PoisonException {
        if (value.length() > VALUE_MAX) {
            throw new PoisonException(
                    "set a cache value of " + value.length() + " bytes, at most " + VALUE_MAX + " are allowed");
        }
        return value;
    }
}
