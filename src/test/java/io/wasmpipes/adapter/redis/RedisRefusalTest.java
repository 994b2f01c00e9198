package io.wasmpipes.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.protocol.CommandType;
import io.wasmpipes.Bytes;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.Pem;
import io.wasmpipes.support.RedisServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Redis refuses is an outage that says why, and ends when the reason does. */
@Timeout(180)
class RedisRefusalTest {
    private static final List<Message> ONE = List.of(Message.of(Bytes.utf8("x".repeat(10_000))));

    private static String uri(RedisServer server) {
        return "redis://127.0.0.1:" + server.port() + "/s?create=true";
    }

    private static void refused(Sink sink, String... words) throws InterruptedException {
        assertThat(sink.send(ONE).await())
                .singleElement()
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.why())
                                .isInstanceOfSatisfying(
                                        TransientException.class,
                                        e -> assertThat(e.scope()).isEqualTo(TransientException.Scope.OUTAGE))
                                .hasMessageContainingAll(words));
    }

    private static void taken(Sink sink) throws InterruptedException {
        Await.until("it is confirmed", () -> sink.send(ONE).await().getFirst() instanceof Outcome.Confirmed);
    }

    @Test
    void no_memory_or_a_replica_or_another_kind_of_key() throws Exception {
        try (RedisServer server = RedisServer.start();
                Streams.Raw raw = Streams.Raw.on(server.port());
                Sink sink = Streams.sink(uri(server), Map.of())) {
            taken(sink);
            raw.commands().configSet("maxmemory", "1mb");
            refused(sink, "OOM", "no memory");
            raw.commands().configSet("maxmemory", "0");
            taken(sink);

            raw.call(CommandType.REPLICAOF, "127.0.0.1", "1");
            refused(sink, "READONLY", "replica");
            raw.call(CommandType.REPLICAOF, "NO", "ONE");
            taken(sink);

            raw.commands().del("s");
            raw.commands().set("s", "text");
            refused(sink, "WRONGTYPE");
            try (Sink fresh = Streams.sink(uri(server), Map.of())) {
                assertThatThrownBy(fresh::connect).hasMessageContaining("a string, not a stream");
            }
            raw.commands().del("s");
            taken(sink);
        }
    }

    @Test
    void a_missing_stream_is_not_made_unasked() throws Exception {
        try (RedisServer server = RedisServer.start();
                Streams.Raw raw = Streams.Raw.on(server.port());
                Sink sink = Streams.sink("redis://127.0.0.1:" + server.port() + "/s", Map.of())) {
            assertThatThrownBy(sink::connect).hasMessageContaining("add create=true");
            raw.add("s", "body", "x");
            taken(sink);
            raw.commands().del("s");
            refused(sink, "is missing", "create=true");
            assertThat(raw.commands().exists("s")).isZero();
        }
    }

    @Test
    void a_password_that_is_replaced_is_seen_at_the_next_connect_and_never_shown() throws Exception {
        Map<String, String> variables = new ConcurrentHashMap<>();
        try (RedisServer server = RedisServer.start("--requirepass", "n3xt-secret");
                Sink sink = Streams.sink(uri(server), variables)) {
            assertThatThrownBy(sink::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContainingAll("NOAUTH", "REDIS_PASSWORD");
            variables.put("REDIS_PASSWORD", "wr0ng-secret");
            assertThatThrownBy(sink::connect).hasMessageContaining("WRONGPASS").hasMessageNotContaining("wr0ng-secret");
            variables.put("REDIS_PASSWORD", "n3xt-secret");
            taken(sink);
        }
    }

    @Test
    void durable_wants_a_server_that_writes_before_it_answers() throws Exception {
        try (RedisServer server = RedisServer.start("--appendfsync", "everysec");
                Sink sink = Streams.sink(uri(server) + "&durable=true", Map.of())) {
            assertThatThrownBy(sink::connect)
                    .hasMessageContaining("appendfsync is everysec, durable=true needs always");
        }
    }

    @Test
    void tls_by_pem_files() throws Exception {
        Path folder = Folders.fresh("redis-stream-tls");
        Pem.Pair pair = Pem.selfSigned(folder, "server");
        try (RedisServer server = RedisServer.startTls(pair.certificate(), pair.key());
                Sink sink = Streams.sink(
                        "rediss://127.0.0.1:" + server.port() + "/s?create=true",
                        Map.of("TLS_CA_FILE", pair.certificate().toString()))) {
            taken(sink);
        }
    }
}
