package io.wasmpipes.cache;

import io.wasmpipes.Cache;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.redis.RedisConnector;

/** Opens the cache that CACHE_URI names. */
public final class Caches {
    private Caches() {}

    /**
     * Opens without connecting.
     *
     * @param endpoint of scheme {@code mem}, {@code redis} or {@code rediss}
     * @param namespace keeps the keys of pipes that share a server apart
     * @param maxBytes the bound of {@code mem:}
     * @throws ConfigException if there is no cache of that scheme
     */
    public static Cache open(Endpoint endpoint, String namespace, long maxBytes) throws ConfigException {
        return switch (endpoint.scheme()) {
            case "mem" -> inMemory(maxBytes);
            case "redis", "rediss" ->
                new RedisCache(new RedisConnector(endpoint, "cache", database(endpoint)), namespace);
            default ->
                throw new ConfigException(
                        endpoint.variable(), endpoint.toString(), "must be mem:, redis:// or rediss://", "");
        };
    }

    /** One of this process, of at most so many bytes. */
    public static Cache inMemory(long maxBytes) {
        return new MemoryCache(maxBytes, System::nanoTime);
    }

    private static int database(Endpoint endpoint) {
        String path = endpoint.path().replace("/", "");
        return path.isEmpty() ? 0 : Integer.parseInt(path);
    }
}
