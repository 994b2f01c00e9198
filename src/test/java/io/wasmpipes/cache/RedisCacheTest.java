package io.wasmpipes.cache;

import static io.wasmpipes.cache.RedisCaches.failsInTime;
import static io.wasmpipes.cache.RedisCaches.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.Cache.Claim;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.Pem;
import io.wasmpipes.support.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract against a real server; namespaces, passwords, TLS. */
class RedisCacheTest extends CacheContract {
    private static final AtomicInteger NAMESPACE = new AtomicInteger();
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
        return RedisCaches.open("redis://127.0.0.1:" + server.port(), Map.of(), "n" + NAMESPACE.incrementAndGet());
    }

    @Test
    void namespaces_and_databases_keep_keys_apart() throws Exception {
        String uri = "redis://127.0.0.1:" + server.port();
        try (Cache one = RedisCaches.open(uri, Map.of(), "apart1");
                Cache two = RedisCaches.open(uri, Map.of(), "apart2");
                Cache same = RedisCaches.open(uri, Map.of(), "apart1");
                Cache base = RedisCaches.open(uri + "/3", Map.of(), "apart1")) {
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
    void a_wrong_password_is_an_outage_that_shows_no_secret() throws Exception {
        try (RedisServer own = RedisServer.start("--requirepass", "right")) {
            for (String wrong : List.of("redis://:s3cret@", "redis://someone:s3cret@")) {
                try (Cache cache = RedisCaches.open(wrong + "127.0.0.1:" + own.port(), Map.of(), "ns")) {
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
                Cache byUri = RedisCaches.open("redis://default:p%40ss%2F1@127.0.0.1:" + own.port(), Map.of(), "ns");
                Cache byVariable = RedisCaches.open("redis://127.0.0.1:" + own.port(), variables, "ns")) {
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
            try (Cache trusting = RedisCaches.open(uri, right, "ns");
                    Cache doubting = RedisCaches.open(uri, wrong, "ns")) {
                Await.until("the first handshake is over", () -> {
                    put(trusting, "m1", "k", "1");
                    return true;
                });
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
                Cache cache = RedisCaches.open(
                        "rediss://127.0.0.1:" + own.port(), Map.of("TLS_CA_FILE", ca.toString()), "ns")) {
            failsInTime("no certificate", () -> cache.get("k") == null);
            Files.copy(pair.certificate(), ca, StandardCopyOption.REPLACE_EXISTING);
            assertThat(cache.get("k")).isNull();
        }
    }
}
