package io.wasmpipes.cache;

import static io.wasmpipes.cache.RedisCaches.LONG;
import static io.wasmpipes.cache.RedisCaches.failsInTime;
import static io.wasmpipes.cache.RedisCaches.open;
import static io.wasmpipes.cache.RedisCaches.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.Cache.Write;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Redis cache while the server is absent, killed, stalled or cut off. */
class RedisFaultsTest {
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_killed_server_is_an_outage_told_in_time_and_use_resumes_when_it_is_back() throws Exception {
        try (RedisServer own = RedisServer.start();
                Cache cache = open("redis://127.0.0.1:" + own.port(), Map.of(), "ns")) {
            put(cache, "m1", "k", "1");
            own.kill();

            failsInTime("get", () -> cache.get("k") == null);
            failsInTime("commit", () -> {
                put(cache, "m2", "k", "2");
                return true;
            });
            failsInTime("claim", () -> cache.claim("x", "m2", LONG) == null);
            failsInTime("connect", () -> {
                cache.connect();
                return true;
            });

            own.restart();
            assertThat(cache.get("k")).isEqualTo(Bytes.utf8("1"));
            put(cache, "m2", "k", "2");
            assertThat(cache.get("k")).isEqualTo(Bytes.utf8("2"));
            assertThat(cache.applied("m1")).isTrue();
        }
    }

    @Test
    void a_server_that_is_not_there_is_an_outage_that_names_it() throws Exception {
        int port = Ports.free();
        try (Cache cache = open("redis://127.0.0.1:" + port, Map.of(), "ns")) {
            failsInTime("connect", () -> {
                cache.connect();
                return true;
            });
            assertThatThrownBy(cache::connect).hasMessageContaining("redis://127.0.0.1:" + port + "/0");
        }
    }

    @Test
    void a_server_that_stalls_is_an_outage_told_in_time_by_every_lane() throws Exception {
        try (FaultProxy proxy = FaultProxy.before(server.port());
                Cache cache = open("redis://127.0.0.1:" + proxy.port(), Map.of(), "stall")) {
            put(cache, "m1", "k", "1");
            proxy.stall();
            try (ExecutorService lanes = Executors.newFixedThreadPool(4)) {
                List<Future<?>> told = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    told.add(lanes.submit(() -> failsInTime("get", () -> cache.get("k") == null)));
                }
                for (Future<?> each : told) {
                    each.get();
                }
            }
            proxy.heal();
            Await.until("it is back", () -> cache.get("k") != null);
        }
    }

    @Test
    void commits_that_are_cut_off_at_any_point_and_repeated_count_once() throws Exception {
        try (FaultProxy proxy = FaultProxy.before(server.port());
                Cache cache = open("redis://127.0.0.1:" + proxy.port(), Map.of(), "cut")) {
            int failures = 0;
            for (int i = 0; i < 200; i++) {
                proxy.cutAfter(1 + i * 7L % 400);
                boolean done = false;
                while (!done) {
                    try {
                        cache.commit("m" + i, List.of(new Write.Add("n", 1, null), new Write.Add("m", 3, null)), LONG);
                        done = true;
                    } catch (TransientException e) {
                        failures++;
                    }
                }
            }
            proxy.heal();
            assertThat(failures).isGreaterThan(50);
            assertThat(cache.get("n")).isEqualTo(Bytes.utf8("200"));
            assertThat(cache.get("m")).isEqualTo(Bytes.utf8("600"));
        }
    }

    @Test
    void commits_whose_answer_is_lost_and_that_are_repeated_count_once() throws Exception {
        try (FaultProxy proxy = FaultProxy.before(server.port());
                Cache direct = open("redis://127.0.0.1:" + server.port(), Map.of(), "lost");
                Cache cache = open("redis://127.0.0.1:" + proxy.port(), Map.of(), "lost");
                ExecutorService lane = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < 5; i++) {
                String owner = "m" + i;
                List<Write> writes = List.of(new Write.Add("n", 1, null));
                cache.connect();
                proxy.delay(Duration.ofMillis(300)); // each way: the answer is still under way when the cut comes
                Future<?> told = lane.submit(() -> failsInTime("commit", () -> {
                    cache.commit(owner, writes, LONG);
                    return true;
                }));
                Await.until("the server has done it", () -> direct.applied(owner));
                proxy.cut();
                told.get();
                proxy.heal();
                Await.until("it goes on", () -> {
                    cache.commit(owner, writes, LONG);
                    return true;
                });
            }
            assertThat(direct.get("n")).isEqualTo(Bytes.utf8("5"));
        }
    }

    @Test
    void an_interrupt_ends_the_wait() throws Exception {
        try (FaultProxy proxy = FaultProxy.before(server.port());
                Cache cache = open("redis://127.0.0.1:" + proxy.port(), Map.of(), "interrupt")) {
            cache.connect();
            proxy.stall();
            Thread.currentThread().interrupt();
            assertThat(catchThrowable(() -> cache.get("k"))).isInstanceOf(InterruptedException.class);
        }
    }
}
