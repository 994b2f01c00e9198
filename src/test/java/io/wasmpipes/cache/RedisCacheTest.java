package io.wasmpipes.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.Cache.Claim;
import io.wasmpipes.Cache.Write;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.Pem;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract against a real server, and what only a server across the network can do wrong. */
class RedisCacheTest extends CacheContract {
    private static final AtomicInteger NAMESPACE = new AtomicInteger();
    private static final Duration BOUND = Duration.ofSeconds(5);
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    Cache open() throws Exception {
        return open("redis://127.0.0.1:" + server.port(), Map.of(), "n" + NAMESPACE.incrementAndGet());
    }

    private static Cache open(String uri, Map<String, String> variables, String namespace) throws Exception {
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

    private static void put(Cache cache, String owner, String key, String value) throws Exception {
        cache.commit(owner, List.of(new Write.Put(key, Bytes.utf8(value), null)), LONG);
    }

    private static void failsInTime(String what, Await.Check call) {
        long start = System.nanoTime();
        Throwable failure = catchThrowable(call::holds);
        assertThat(failure).as(what).isInstanceOf(TransientException.class);
        assertThat(((TransientException) failure).scope()).isEqualTo(TransientException.Scope.OUTAGE);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as(what).isLessThan(BOUND);
    }

    @Test
    void namespaces_and_databases_keep_keys_apart() throws Exception {
        String uri = "redis://127.0.0.1:" + server.port();
        try (Cache one = open(uri, Map.of(), "apart1");
                Cache two = open(uri, Map.of(), "apart2");
                Cache same = open(uri, Map.of(), "apart1");
                Cache base = open(uri + "/3", Map.of(), "apart1")) {
            put(one, "m1", "k", "1");
            one.claim("claimed", "m1", LONG);

            assertThat(same.get("k")).isEqualTo(Bytes.utf8("1"));
            assertThat(same.claim("claimed", "m2", LONG)).isEqualTo(Claim.HELD);
            assertThat(two.get("k")).isNull();
            assertThat(two.applied("m1")).isFalse();
            assertThat(base.get("k")).isNull();
        }
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
    void a_wrong_password_is_an_outage_that_shows_no_secret() throws Exception {
        try (RedisServer own = RedisServer.start("--requirepass", "right")) {
            for (String wrong : List.of("redis://:s3cret@", "redis://someone:s3cret@")) {
                try (Cache cache = open(wrong + "127.0.0.1:" + own.port(), Map.of(), "ns")) {
                    failsInTime("connect", () -> {
                        cache.connect();
                        return true;
                    });
                    String trace = trace(catchThrowable(cache::connect));
                    assertThat(trace).contains("WRONGPASS").doesNotContain("s3cret");
                }
            }
        }
    }

    private static String trace(Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            all.append(t).append('\n');
        }
        return all.toString();
    }

    @Test
    void passwords_come_from_the_uri_or_from_variables_and_are_read_anew_at_each_connect() throws Exception {
        Map<String, String> variables = new ConcurrentHashMap<>();
        try (RedisServer own = RedisServer.start("--requirepass", "p@ss/1");
                Cache byUri = open("redis://default:p%40ss%2F1@127.0.0.1:" + own.port(), Map.of(), "ns");
                Cache byVariable = open("redis://127.0.0.1:" + own.port(), variables, "ns")) {
            put(byUri, "m1", "k", "1");
            failsInTime("no password yet", () -> byVariable.get("k") == null);

            variables.put("REDIS_PASSWORD", "p@ss/1");
            assertThat(byVariable.get("k")).isEqualTo(Bytes.utf8("1"));

            own.kill();
            own.restart("--requirepass", "next");
            variables.put("REDIS_PASSWORD", "next");
            Await.until("the new password is used", () -> byVariable.get("k") != null);
            failsInTime("the old password", () -> byUri.get("k") == null);
        }
    }

    @Test
    void tls_trusts_what_the_pem_file_says_and_nothing_else() throws Exception {
        Path folder = Folders.fresh("redis-tls");
        Pem.Pair pair = Pem.selfSigned(folder, "server");
        Pem.Pair other = Pem.selfSigned(folder, "other");
        try (RedisServer own = RedisServer.startTls(pair.certificate(), pair.key())) {
            String uri = "rediss://127.0.0.1:" + own.port();
            Map<String, String> right = Map.of("TLS_CA_FILE", pair.certificate().toString());
            Map<String, String> wrong =
                    Map.of("TLS_CA_FILE", other.certificate().toString());
            try (Cache trusting = open(uri, right, "ns");
                    Cache doubting = open(uri, wrong, "ns")) {
                put(trusting, "m1", "k", "1");
                assertThat(trusting.get("k")).isEqualTo(Bytes.utf8("1"));
                failsInTime("another authority", () -> doubting.get("k") == null);
            }
        }
    }

    @Test
    void a_tls_file_that_went_bad_is_an_outage_and_its_repair_is_seen() throws Exception {
        Path folder = Folders.fresh("redis-tls");
        Pem.Pair pair = Pem.selfSigned(folder, "server");
        Path ca = folder.resolve("ca.pem");
        Files.writeString(ca, "nothing");
        try (RedisServer own = RedisServer.startTls(pair.certificate(), pair.key());
                Cache cache = open("rediss://127.0.0.1:" + own.port(), Map.of("TLS_CA_FILE", ca.toString()), "ns")) {
            failsInTime("no certificate", () -> cache.get("k") == null);
            Files.copy(pair.certificate(), ca, StandardCopyOption.REPLACE_EXISTING);
            assertThat(cache.get("k")).isNull();
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
