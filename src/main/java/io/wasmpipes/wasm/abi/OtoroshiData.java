package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.databind.JsonNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.HostFunction;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's maps and datastores, one of each for all and one for the plug-in alone, in the cache as the message sees it. One thread.
 */
final class OtoroshiData {
    private static final String TEXT = "i64 i64 -> i64";

    private final ExtismHost host;
    private final String map;
    private final String store;
    private final String keys;
    private final String mapKeys;

    /** @param alias the plug-in whose own they are, empty for those of all */
    OtoroshiData(ExtismHost host, String alias) {
        boolean all = alias.isEmpty();
        this.host = host;
        this.map = all ? "proxy_global_map_" : "proxy_plugin_map_";
        this.store = all ? "proxy_datastore_" : "proxy_plugin_datastore_";
        this.keys = all ? "" : alias + "/";
        this.mapKeys = keys + "map/";
    }

    List<HostFunction> functions() {
        return List.of(
                text(map + "get", key -> found(mapKeys + key)),
                text(map + "del", key -> {
                    cache().delete(CacheRules.key(mapKeys + key));
                    return 0;
                }),
                json(map + "set", this::put),
                text(store + "get", key -> found(keys + key)),
                text(store + "exists", key -> cache().get(CacheRules.key(keys + key)) == null ? 0 : 1),
                json(store + "set", request -> {
                    cache().set(stored(request), value(request), ttl(request, "ttl"));
                    return 1;
                }),
                json(
                        store + "setnx",
                        request -> cache().putIfAbsent(stored(request), value(request), ttl(request, "ttl")) ? 1 : 0),
                json(store + "del", this::delete),
                json(
                        store + "incrby",
                        request -> cache().increment(
                                        stored(request), request.path("incr").asLong(), null)),
                json(store + "pexpire", this::expire));
    }

    private long put(JsonNode request) throws TransientException, PoisonException, InterruptedException {
        Bytes value = CacheRules.value(Bytes.utf8(request.path("value").asText()));
        cache().set(CacheRules.key(mapKeys + key(request)), value, null);
        return 0;
    }

    private GuestCache cache() throws PoisonException {
        return host.desk.turn().cache();
    }

    private long found(String key) throws TransientException, PoisonException, InterruptedException {
        Bytes value = cache().get(CacheRules.key(key));
        return value == null ? 0 : host.heap.put(value);
    }

    private long delete(JsonNode request) throws TransientException, PoisonException, InterruptedException {
        long deleted = 0;
        for (JsonNode each : request.path("keys")) {
            String key = CacheRules.key(keys + each.asText());
            if (cache().get(key) != null) {
                cache().delete(key);
                deleted++;
            }
        }
        return deleted;
    }

    /** Adding nothing gives a number its new time without losing what others add to it meanwhile. */
    private long expire(JsonNode request) throws TransientException, PoisonException, InterruptedException {
        String key = stored(request);
        Bytes value = cache().get(key);
        Duration ttl = ttl(request, "pttl");
        if (value == null) {
            return 0;
        }
        if (ttl == null) {
            cache().delete(key);
        } else if (value.utf8().matches("-?\\d{1,18}")) {
            long _ = cache().increment(key, 0, ttl);
        } else {
            cache().set(key, value, ttl);
        }
        return 1;
    }

    private String stored(JsonNode request) throws PoisonException {
        return CacheRules.key(keys + key(request));
    }

    private static String key(JsonNode request) throws PoisonException {
        if (!request.path("key").isTextual()) {
            throw new PoisonException("used a datastore without a key");
        }
        return request.path("key").asText();
    }

    private static Bytes value(JsonNode request) throws PoisonException {
        JsonNode text = request.path("value");
        return CacheRules.value(
                text.isTextual()
                        ? Bytes.utf8(text.asText())
                        : EventJson.binary(request.path("value_base64"), "value_base64"));
    }

    private static @Nullable Duration ttl(JsonNode request, String name) {
        long millis = request.path(name).asLong();
        return millis <= 0 ? null : Duration.ofMillis(millis);
    }

    /** What a function does with a key. */
    private interface Keyed {
        long answer(String key) throws TransientException, PoisonException, InterruptedException;
    }

    /** What a function does with JSON. */
    private interface Asked {
        long answer(JsonNode request) throws TransientException, PoisonException, InterruptedException;
    }

    private HostFunction text(String name, Keyed body) {
        return HostFunction.blocking(
                Otoroshi.MODULE,
                name,
                TEXT,
                (memory, a) -> body.answer(host.heap.read(a[0], a[1]).utf8()));
    }

    private HostFunction json(String name, Asked body) {
        return HostFunction.blocking(Otoroshi.MODULE, name, TEXT, (memory, a) -> {
            JsonNode request = EventJson.parsed(host.heap.read(a[0], a[1]))
                    .orElseThrow(
                            () -> new PoisonException("called " + name + " with something that is no JSON object"));
            return body.answer(request);
        });
    }
}
