package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.GuestMemory;
import io.wasmpipes.wasm.engine.HostFunction;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The shared cache for guests of {@code wasmpipes_v1}, as the message in hand sees it. */
final class V1Cache {
    private final Desk desk;

    V1Cache(Desk desk) {
        this.desk = desk;
    }

    List<HostFunction> functions() {
        return List.of(
                function("cache_get", "i32 i32 i32 i32 -> i32", this::get),
                function("cache_set", "i32 i32 i32 i32 i64 ->", this::set),
                function("cache_delete", "i32 i32 ->", (memory, a) -> {
                    cache().delete(CacheRules.key(memory, a[0], a[1]));
                    return 0;
                }),
                function("cache_put_if_absent", "i32 i32 i32 i32 i64 -> i32", this::putIfAbsent),
                function(
                        "cache_increment",
                        "i32 i32 i64 i64 -> i64",
                        (memory, a) -> cache().increment(CacheRules.key(memory, a[0], a[1]), a[2], ttl(a[3]))));
    }

    private static HostFunction function(String name, String signature, HostFunction.Body body) {
        return HostFunction.blocking(WasmPipesV1.MODULE, name, signature, body);
    }

    private GuestCache cache() throws PoisonException {
        return desk.turn().cache();
    }

    private long get(GuestMemory memory, long[] a) throws TransientException, PoisonException, InterruptedException {
        Bytes value = cache().get(CacheRules.key(memory, a[0], a[1]));
        return V1Input.answer(desk, memory, value, a[2], a[3]);
    }

    private long set(GuestMemory memory, long[] a) throws TransientException, PoisonException, InterruptedException {
        String key = CacheRules.key(memory, a[0], a[1]);
        cache().set(key, CacheRules.value(memory, a[2], a[3]), ttl(a[4]));
        return 0;
    }

    private long putIfAbsent(GuestMemory memory, long[] a)
            throws TransientException, PoisonException, InterruptedException {
        String key = CacheRules.key(memory, a[0], a[1]);
        Bytes value = CacheRules.value(memory, a[2], a[3]);
        return cache().putIfAbsent(key, value, ttl(a[4])) ? 1 : 0;
    }

    /** Zero and less stand for ever. */
    private static @Nullable Duration ttl(long millis) {
        return millis <= 0 ? null : Duration.ofMillis(millis);
    }
}
