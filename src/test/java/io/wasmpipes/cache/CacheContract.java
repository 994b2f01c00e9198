package io.wasmpipes.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.Cache.Claim;
import io.wasmpipes.Cache.Write;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every cache does alike. */
abstract class CacheContract {
    static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(60);

    private Cache cache;

    /** A cache with nothing in it. */
    abstract Cache open() throws Exception;

    @BeforeEach
    void connect() throws Exception {
        cache = open();
        Await.until("the cache answers", () -> {
            cache.connect();
            return true;
        });
    }

    @AfterEach
    void close() {
        cache.close();
    }

    private void commit(String owner, Write... writes) throws Exception {
        cache.commit(owner, List.of(writes), LONG);
    }

    private static Write put(String key, String value) {
        return new Write.Put(key, Bytes.utf8(value), null);
    }

    private static Write add(String key, long delta) {
        return new Write.Add(key, delta, null);
    }

    private String text(String key) throws Exception {
        Bytes value = cache.get(key);
        return value == null ? "absent" : value.utf8();
    }

    @Test
    void an_unknown_key_is_absent() throws Exception {
        assertThat(cache.get("nothing")).isNull();
    }

    @Test
    void writes_of_a_commit_become_real_in_order() throws Exception {
        commit("m1", put("a", "1"), put("b", "2"), new Write.Delete("a"), put("b", "3"), add("n", 2), add("n", 3));

        assertThat(List.of(text("a"), text("b"), text("n"))).containsExactly("absent", "3", "5");
    }

    @Test
    void a_commit_of_the_same_owner_counts_once() throws Exception {
        commit("m1", add("n", 1));
        commit("m1", add("n", 1), put("other", "x"));
        commit("m2", add("n", 1));

        assertThat(text("n")).isEqualTo("2");
        assertThat(text("other")).isEqualTo("absent");
    }

    @Test
    void an_owner_is_applied_from_its_commit_on_for_as_long_as_it_is_remembered() throws Exception {
        assertThat(cache.applied("m1")).isFalse();
        cache.commit("m1", List.of(put("a", "1")), SHORT);
        commit("m2");

        assertThat(cache.applied("m2")).isTrue();
        Await.until("m1 is forgotten", () -> !cache.applied("m1"));
        assertThat(text("a")).isEqualTo("1");
    }

    @Test
    void values_keep_every_byte() throws Exception {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Bytes slice = Bytes.wrap(all, 100, 156);

        cache.commit(
                "m1", List.of(new Write.Put("all", Bytes.wrap(all), null), new Write.Put("slice", slice, null)), LONG);
        commit("m2", new Write.Put("empty", Bytes.EMPTY, null), put("ключ {x} \r\n", "значение"));

        assertThat(cache.get("all")).isEqualTo(Bytes.wrap(all));
        assertThat(cache.get("slice")).isEqualTo(slice);
        assertThat(cache.get("empty")).isEqualTo(Bytes.EMPTY);
        assertThat(text("ключ {x} \r\n")).isEqualTo("значение");
    }

    @Test
    void a_value_lives_as_long_as_its_last_write_says() throws Exception {
        cache.commit(
                "m1",
                List.of(
                        new Write.Put("short", Bytes.utf8("x"), SHORT),
                        new Write.Put("renewed", Bytes.utf8("x"), SHORT),
                        new Write.Add("count", 1, SHORT),
                        new Write.Put("no time", Bytes.utf8("x"), Duration.ZERO)),
                LONG);
        commit("m2", put("renewed", "y"));

        Await.until("the short-lived are gone", () -> cache.get("short") == null && cache.get("count") == null);
        Await.until("no time at all is a short time", () -> cache.get("no time") == null);
        assertThat(text("renewed")).isEqualTo("y");
    }

    @Test
    void numbers_are_decimal_and_what_is_none_counts_as_zero() throws Exception {
        commit("m1", put("word", "seven"), put("padded", "-007"), put("plus", "+5"), put("float", "1.5"));
        commit("m2", put("empty", ""), put("huge", "99999999999999999999"), put("max", "9223372036854775806"));
        commit("m3", add("word", 2), add("padded", 1), add("plus", 1), add("float", 1), add("empty", -4));
        commit("m4", add("huge", 3), add("max", 5), add("min", Long.MIN_VALUE), add("min", -1));
        commit("m5", put("large", "9007199254740993"), add("large", 2));

        assertThat(List.of(text("word"), text("padded"), text("plus"), text("float"), text("empty")))
                .containsExactly("2", "-6", "6", "1", "-4");
        assertThat(List.of(text("huge"), text("max"), text("min"), text("large")))
                .containsExactly("3", "9223372036854775807", "-9223372036854775808", "9007199254740995");
    }

    @Test
    void a_claim_is_its_owners_until_it_is_released() throws Exception {
        assertThat(cache.claim("k", "m1", LONG)).isEqualTo(Claim.ACQUIRED);
        assertThat(cache.claim("k", "m2", LONG)).isEqualTo(Claim.HELD);
        assertThat(cache.claim("k", "m1", LONG)).as("the same owner renews").isEqualTo(Claim.ACQUIRED);
        assertThat(text("k")).as("a claim is no value").isEqualTo("absent");

        cache.release(List.of("k"), "m2");
        assertThat(cache.claim("k", "m2", LONG)).as("release by another").isEqualTo(Claim.HELD);

        cache.release(List.of("other", "k"), "m1");
        assertThat(cache.claim("k", "m2", LONG)).isEqualTo(Claim.ACQUIRED);
        cache.release(List.of(), "m2");
    }

    @Test
    void a_claim_ends_with_its_lease() throws Exception {
        cache.claim("k", "m1", SHORT);

        Await.until("the lease ends", () -> cache.claim("k", "m2", LONG) == Claim.ACQUIRED);
        assertThat(cache.claim("k", "m1", LONG)).isEqualTo(Claim.HELD);
    }

    @Test
    void a_commit_makes_the_key_present_and_ends_its_owners_claims_only() throws Exception {
        cache.claim("mine", "m1", LONG);
        cache.claim("unwritten", "m1", LONG);
        cache.claim("theirs", "m2", LONG);

        commit("m1", put("mine", "1"), new Write.Delete("theirs"));

        assertThat(cache.claim("mine", "m2", LONG)).isEqualTo(Claim.PRESENT);
        commit("m3", new Write.Delete("mine"));
        assertThat(cache.claim("mine", "m4", LONG)).as("no claim is left").isEqualTo(Claim.ACQUIRED);
        assertThat(cache.claim("unwritten", "m3", LONG)).isEqualTo(Claim.HELD);
        assertThat(cache.claim("theirs", "m3", LONG)).isEqualTo(Claim.HELD);
    }

    @Test
    void one_of_eight_claims_each_key() throws Exception {
        int keys = 200;
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Integer>> wins = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                String owner = "m" + t;
                wins.add(threads.submit(() -> {
                    int won = 0;
                    for (int k = 0; k < keys; k++) {
                        won += cache.claim("key" + k, owner, LONG) == Claim.ACQUIRED ? 1 : 0;
                    }
                    return won;
                }));
            }
            int sum = 0;
            for (Future<Integer> won : wins) {
                sum += won.get();
            }
            assertThat(sum).isEqualTo(keys);
        }
    }

    @Test
    void counting_from_eight_threads_loses_nothing_though_each_commit_is_repeated() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                String thread = "t" + t;
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 100; i++) {
                        commit(thread + "-" + i, add("sum", 1), add("twice", 2));
                        commit(thread + "-" + i, add("sum", 1), add("twice", 2));
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
        assertThat(List.of(text("sum"), text("twice"))).containsExactly("800", "1600");
    }

    @Test
    void closing_twice_is_safe() {
        cache.close();
        cache.close();
    }
}
