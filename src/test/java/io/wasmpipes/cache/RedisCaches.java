package io.wasmpipes.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.Cache.Write;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What tests of the Redis cache share. */
final class RedisCaches {
    static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration BOUND = Duration.ofSeconds(10);

    private RedisCaches() {}

    static Cache open(String uri, Map<String, String> variables, String namespace) throws Exception {
        Problems problems = new Problems();
        Endpoint endpoint = Endpoint.parse(Endpoint.Role.CACHE, "CACHE_URI", uri, named(variables), problems)
                .orElseThrow();
        return Caches.open(endpoint, namespace, 0);
    }

    private static Variables named(Map<String, String> values) {
        return new Variables() {
            @Override
            public Optional<String> get(String name) {
                return Optional.ofNullable(values.get(name));
            }

            @Override
            public String nameOf(String name) {
                return name;
            }
        };
    }

    static void put(Cache cache, String owner, String key, String value) throws Exception {
        cache.commit(owner, List.of(new Write.Put(key, Bytes.utf8(value), null)), LONG);
    }

    static void failsInTime(String what, Await.Check call) {
        long start = System.nanoTime();
        Throwable failure = catchThrowable(call::holds);
        assertThat(failure).as(what).isInstanceOf(TransientException.class);
        assertThat(((TransientException) failure).scope()).isEqualTo(TransientException.Scope.OUTAGE);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as(what).isLessThan(BOUND);
    }
}
