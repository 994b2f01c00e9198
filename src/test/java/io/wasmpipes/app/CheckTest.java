package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.RedisServer;
import io.wasmpipes.support.Wat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Broken set-ups, each of which {@code check} tells in one line that says what to do. */
class CheckTest extends Typed {
    @BeforeEach
    void sound() {
        environment.put("SOURCE_URI", "timer:?period=1h"); // not stdin:, by which this JVM gets its tests
        environment.put("SINK_URI", "discard:");
        environment.put("MANAGEMENT_PORT", "off");
    }

    /** The one line that is no OK. */
    private String finding() {
        assertThat(run("check")).isEqualTo(1);
        List<String> bad =
                (out() + err()).lines().filter(line -> !line.startsWith("OK ")).toList();
        assertThat(bad).hasSize(1);
        return bad.getFirst();
    }

    @Test
    void a_sound_set_up_is_ok() {
        environment.put("WASM_MODULES", "uppercase.wasm");
        environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
        assertThat(run("check")).isZero();
        assertThat((out() + err()).lines()).allMatch(line -> line.startsWith("OK   "));
    }

    @Test
    void port_of_the_source_taken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("SOURCE_URI", "http://127.0.0.1:" + taken.getLocalPort() + "/e");
            assertThat(finding())
                    .contains("FAIL port", "must have a port that can be bound", "stop what listens there");
        }
    }

    @Test
    void port_of_the_management_taken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            environment.put("MANAGEMENT_PORT", Integer.toString(taken.getLocalPort()));
            assertThat(finding()).contains("FAIL port: MANAGEMENT_PORT", "unset it to have a free one chosen");
        }
    }

    @Test
    void nobody_at_the_source() {
        environment.put("SOURCE_URI", "nats://orders");
        environment.put("NATS_SERVER_URL", "nats://127.0.0.1:1");
        assertThat(finding()).contains("WARN source nats://orders", "127.0.0.1:1");
    }

    @Test
    void wrong_password_of_the_source() {
        try (NatsServer nats = NatsServer.start("--user", "u", "--pass", "right")) {
            environment.put("SOURCE_URI", "nats://orders");
            environment.put("NATS_SERVER_URL", nats.url());
            environment.put("NATS_USER", "u");
            environment.put("NATS_PASSWORD", "wr0ng");
            assertThat(finding()).contains("source nats://orders").doesNotContain("wr0ng");
        }
    }

    @Test
    void missing_stream() {
        try (NatsServer nats = NatsServer.start()) {
            environment.put("SOURCE_URI", "jetstream://ORDERS?durable=d");
            environment.put("NATS_SERVER_URL", nats.url());
            assertThat(finding()).contains("source jetstream://ORDERS", "create=true");
        }
    }

    @Test
    void wrong_password_of_the_cache() {
        try (RedisServer redis = RedisServer.start("--requirepass", "right")) {
            environment.put("WASM_MODULES", "dedup");
            environment.put("MODULE_DEDUP_URI", "dedup.wasm");
            environment.put("MODULE_DEDUP_CONFIG_FIELD", "id");
            environment.put("PIPE_NAME", "p");
            environment.put("CACHE_URI", "redis://:wr0ng@127.0.0.1:" + redis.port() + "/0");
            assertThat(finding()).contains("cache redis://").doesNotContain("wr0ng");
        }
    }

    @Test
    void missing_module() {
        environment.put("WASM_MODULES", "nowhere.wasm");
        assertThat(finding()).contains("FAIL module: WASM_MODULES module nowhere");
    }

    @Test
    void wrong_digest() {
        environment.put("WASM_MODULES", "uppercase.wasm@sha256:" + "0".repeat(64));
        assertThat(finding()).contains("FAIL module: WASM_MODULES", "sha256:");
    }

    @Test
    void forbidden_import() throws IOException {
        byte[] module = Wat.module("""
                (module
                  (import "wasmpipes_v1" "emit" (func (param i32 i32)))
                  (import "env" "system" (func (param i32) (result i32)))
                  (memory (export "memory") 1)
                  (func (export "on_message") (result i32) (i32.const 0)))
                """).toArray();
        environment.put(
                "WASM_MODULES", Files.write(folder.resolve("m.wasm"), module).toString());
        assertThat(finding()).contains("FAIL module", "env.system");
    }

    @Test
    void requests_that_are_not_allowed() {
        environment.put("WASM_MODULES", "lookup.wasm");
        assertThat(finding()).contains("FAIL module", "WASM_ALLOW_HTTP");
    }

    @Test
    void module_that_its_configuration_does_not_suit() {
        environment.put("WASM_MODULES", "filter.wasm");
        assertThat(finding()).contains("FAIL module", "filter");
    }

    @Test
    void nobody_at_the_sink() {
        environment.put("SINK_URI", "http://127.0.0.1:1/hook");
        assertThat(finding())
                .contains("WARN sink http://127.0.0.1:1/hook", "Connection refused", "The pipe would wait for it");
    }

    @Test
    void sink_that_refuses() {
        try (NatsServer nats = NatsServer.start("--auth", "right")) {
            environment.put("SINK_URI", "nats://orders");
            environment.put("NATS_SERVER_URL", nats.url());
            environment.put("NATS_TOKEN", "wr0ng");
            assertThat(finding())
                    .contains("WARN sink nats://orders", "refuses the credentials")
                    .doesNotContain("wr0ng");
        }
    }

    @Test
    void dead_letters_without_a_folder() {
        environment.put("DEAD_LETTER_URI", "file:" + folder.resolve("none/dead.jsonl"));
        assertThat(finding()).contains("dead-letter file:");
    }

    @Test
    void traces_that_nobody_understands() {
        environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
        environment.put("OTEL_BSP_SCHEDULE_DELAY", "sometimes");
        assertThat(finding()).contains("FAIL traces: OTEL_*", "otel.bsp.schedule.delay");
    }

    @Test
    void modules_and_ends_are_told_together() {
        environment.put("WASM_MODULES", "nowhere.wasm");
        environment.put("SINK_URI", "http://127.0.0.1:1/hook");
        assertThat(run("check")).isEqualTo(1);
        assertThat(out()).contains("FAIL module").contains("WARN sink");
    }

    @Test
    void check_says_what_is_there_and_what_is_not() throws Exception {
        environment.put("SOURCE_URI", "timer:?period=1h"); // not stdin:, by which this JVM gets its tests
        environment.put("SINK_URI", "file:" + folder.resolve("out.txt"));
        environment.put("WASM_MODULES", "uppercase.wasm");
        environment.put("MANAGEMENT_PORT", "off");
        assertThat(run("check")).isZero();
        assertThat(out()).contains("OK   module uppercase").contains("OK   sink file:");
        environment.put("SINK_URI", "http://127.0.0.1:1/hook");
        environment.put("WASM_MODULES", "nowhere.wasm | uppercase.wasm@sha256:" + "0".repeat(64));
        assertThat(run("check", "--json")).isEqualTo(1);
        List<String> states = new ArrayList<>();
        for (String line : out().lines().toList()) {
            states.add(new ObjectMapper().readTree(line).path("state").asText());
        }
        assertThat(states).containsExactly("FAIL", "FAIL", "OK", "WARN");
        environment.remove("WASM_MODULES");
        assertThat(run("check")).isEqualTo(1);
        assertThat(out()).contains("WARN sink http://127.0.0.1:1/hook").contains("The pipe would wait for it");
    }

    @Test
    void check_tells_that_a_port_is_taken() throws Exception {
        environment.put("SINK_URI", "log:");
        environment.put("MANAGEMENT_PORT", "off");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("SOURCE_URI", "http://127.0.0.1:" + taken.getLocalPort() + "/e");
            assertThat(run("check")).isEqualTo(1);
            assertThat(out()).contains("FAIL port").contains("must have a port that can be bound");
        }
    }
}
