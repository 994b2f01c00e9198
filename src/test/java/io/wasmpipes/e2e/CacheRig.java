package io.wasmpipes.e2e;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.nats.client.JetStreamApiException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.RedisServer;
import io.wasmpipes.support.Wat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stream, the modules dedup and count over a shared cache, and an HTTP server as the sink; proxies that can fail stand
 * before the cache and the stream. The pipe is called {@code pipe}, and so are its consumer and its namespace.
 */
final class CacheRig implements AutoCloseable {
    static final Duration LEASE = Duration.ofSeconds(2);
    private static final String COUNT = """
            (module
              (import "wasmpipes_v1" "input_len" (func $len (result i32)))
              (import "wasmpipes_v1" "input_read" (func $read (param i32 i32 i32) (result i32)))
              (import "wasmpipes_v1" "emit" (func $emit (param i32 i32)))
              (import "wasmpipes_v1" "cache_increment" (func $add (param i32 i32 i64 i64) (result i64)))
              (memory (export "memory") 1)
              (data (i32.const 0) "total")
              (func (export "on_message") (result i32)
                (drop (call $add (i32.const 0) (i32.const 5) (i64.const 1) (i64.const 0)))
                (drop (call $read (i32.const 0) (i32.const 64) (call $len)))
                (call $emit (i32.const 64) (call $len))
                (i32.const 0)))
            """;

    final RedisServer redis = RedisServer.start();
    final NatsServer server = NatsServer.start();
    final FaultProxy cacheProxy = FaultProxy.before(redis.port());
    final FaultProxy sourceProxy = FaultProxy.before(server.port());
    final HttpTarget target = new HttpTarget(body -> HttpTarget.Answer.TAKE);
    final Nats nats;
    final Map<String, String> variables = new HashMap<>();
    private final RedisClient client;
    private int published;

    CacheRig() throws Exception {
        nats = new Nats(server);
        nats.stream("IN", "in.>");
        client = RedisClient.create(RedisURI.create("127.0.0.1", redis.port()));
        Path count = Folders.fresh("count").resolve("count.wasm");
        Files.write(count, Wat.module(COUNT).toArray());
        variables.put("SOURCE_URI", "jetstream://IN?durable=pipe&ack_wait=" + LEASE.toSeconds() + "s");
        variables.put("NATS_SERVER_URL", "nats://127.0.0.1:" + sourceProxy.port());
        variables.put("SINK_URI", "http://127.0.0.1:" + target.port() + "/");
        variables.put("CACHE_URI", "redis://127.0.0.1:" + cacheProxy.port());
        variables.put("PIPE_NAME", "pipe");
        variables.put("WASM_MODULES", "dedup,count");
        variables.put("MODULE_DEDUP_CONFIG_FIELD", "id");
        variables.put("MODULE_COUNT_URI", count.toString());
        variables.put("ORDER", "none");
        variables.put("WORKERS", "2");
        variables.put("MAX_IN_FLIGHT", "40");
        variables.put("MANAGEMENT_PORT", "off");
        variables.put("RETRY_MAX_INTERVAL", "500ms");
    }

    /** The pipe, or one more of it. */
    PipeProcess start() {
        return PipeProcess.start(variables, List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"), List.of());
    }

    /** What Redis itself says, at the moment it answers. */
    RedisCommands<String, String> cache() {
        return client.connect().sync();
    }

    /** Puts a message into the stream; answers its sequence number. */
    int publish(String body) throws IOException, JetStreamApiException {
        nats.jetStream().publish("in.x", body.getBytes(StandardCharsets.UTF_8));
        return ++published;
    }

    /** Waits until the stream's consumer has nothing left. */
    void awaitAllSettled(PipeProcess pipe) throws InterruptedException {
        Await.until("all is settled, stderr: " + pipe.err(), () -> {
            var consumer = nats.consumer("IN", "pipe");
            return consumer.getNumPending() == 0 && consumer.getNumAckPending() == 0;
        });
    }

    static String valueKey(String key) {
        return "{pipe}:v:" + key;
    }

    static String appliedKey(int sequence) {
        return "{pipe}:a:pipe/IN-" + sequence;
    }

    /** The keys of one kind: v values, c claims, a applied owners. */
    static List<String> keys(RedisCommands<String, String> cache, String kind) {
        return cache.keys("{pipe}:" + kind + ":*").stream().sorted().toList();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        nats.close();
        target.close();
        cacheProxy.close();
        sourceProxy.close();
        redis.close();
        server.close();
    }
}
