package io.wasmpipes.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.Cache.Claim;
import io.wasmpipes.Cache.Write;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The contract, and the bounds that memory needs. */
class MemoryCacheTest extends CacheContract {
    private static final long MAX = 100_000;

    @Override
    Cache open() {
        return new MemoryCache(1 << 20, System::nanoTime);
    }

    @Test
    void values_never_take_more_than_the_bound() throws Exception {
        MemoryCache cache = new MemoryCache(MAX, System::nanoTime);
        for (int i = 0; i < 1000; i++) {
            cache.commit("m" + i, List.of(new Write.Put("key" + i, Bytes.wrap(new byte[1000]), null)), LONG);
        }

        int held = 0;
        for (int i = 0; i < 1000; i++) {
            held += cache.get("key" + i) == null ? 0 : 1;
        }
        assertThat(held * 1000L).isBetween(MAX / 2, MAX);
        assertThat(cache.get("key999")).as("what was just written is there").isNotNull();
    }

    @Test
    void the_oldest_applied_owners_give_way() throws Exception {
        MemoryCache cache = new MemoryCache(MAX, System::nanoTime);
        for (int i = 0; i < 1000; i++) {
            cache.commit("m" + i, List.of(), LONG);
        }

        assertThat(cache.applied("m999")).isTrue();
        assertThat(cache.applied("m900")).isTrue();
        assertThat(cache.applied("m0")).isFalse();
    }

    @Test
    void claims_never_give_way_to_others_and_make_room_when_their_leases_end() throws Exception {
        AtomicLong now = new AtomicLong();
        MemoryCache cache = new MemoryCache(MAX, now::get);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        cache.claim("key" + i, "m1", LONG);
                    }
                })
                .isInstanceOf(TransientException.class)
                .hasMessageContaining("CACHE_MAX_BYTES");
        assertThat(cache.claim("key0", "m2", LONG)).isEqualTo(Claim.HELD);

        now.addAndGet(LONG.plus(Duration.ofSeconds(1)).toNanos());
        assertThat(cache.claim("key0", "m2", LONG)).isEqualTo(Claim.ACQUIRED);
        assertThat(cache.claim("key999", "m2", LONG)).isEqualTo(Claim.ACQUIRED);
    }
}
