package io.wasmpipes.config;

import io.wasmpipes.Endpoint;

/**
 * The shared cache.
 *
 * @param endpoint of role CACHE, scheme {@code mem}, {@code redis} or {@code rediss}
 * @param namespace CACHE_NAMESPACE, by default the pipe's name
 * @param maxBytes CACHE_MAX_BYTES, the bound of {@code mem:}
 */
public record CacheSettings(Endpoint endpoint, String namespace, long maxBytes) {
    /** Whether other processes may use the same cache. */
    public boolean isShared() {
        return !endpoint.scheme().equals("mem");
    }
}
