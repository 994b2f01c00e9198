package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.Scope.Usage;
import io.wasmpipes.TransientException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The cache as the message in hand sees it, for a guest that may write only so much with it. A null ttl means for ever. One thread. */
final class GuestCache {
    private final Scope scope;
    private final CacheLimits limits;
    private int writes;
    private long bytes;

    GuestCache(Scope scope, CacheLimits limits) {
        this.scope = scope;
        this.limits = limits;
    }

    @Nullable
    Bytes get(String key) throws TransientException, InterruptedException {
        scope.used(Usage.CACHE_READS, 1);
        return scope.state().get(key);
    }

    void set(String key, Bytes value, @Nullable Duration ttl)
            throws TransientException, PoisonException, InterruptedException {
        write(key, value.length());
        scope.state().set(key, value, ttl);
    }

    void delete(String key) throws TransientException, PoisonException, InterruptedException {
        write(key, 0);
        scope.state().delete(key);
    }

    boolean putIfAbsent(String key, Bytes value, @Nullable Duration ttl)
            throws TransientException, PoisonException, InterruptedException {
        write(key, value.length());
        return scope.state().putIfAbsent(key, value, ttl);
    }

    long increment(String key, long delta, @Nullable Duration ttl)
            throws TransientException, PoisonException, InterruptedException {
        write(key, Long.BYTES);
        return scope.state().increment(key, delta, ttl);
    }

    private void write(String key, int length) throws PoisonException {
        int more = key.length() + length;
        writes++;
        bytes += more;
        if (writes > limits.writes()) {
            throw new PoisonException("wrote more often to the cache than WASM_CACHE_WRITES_MAX=" + limits.writes());
        }
        if (bytes > limits.bytes()) {
            throw new PoisonException("wrote more bytes to the cache than WASM_CACHE_BYTES_MAX=" + limits.bytes());
        }
        scope.used(Usage.CACHE_WRITES, 1);
        scope.used(Usage.CACHE_WRITTEN_BYTES, more);
    }
}
