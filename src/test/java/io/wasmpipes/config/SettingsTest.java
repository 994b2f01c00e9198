package io.wasmpipes.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.HeaderRule;
import io.wasmpipes.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every default and every variable. */
class SettingsTest {
    @Test
    void nothing_set_means_the_defaults() throws ConfigException {
        Settings settings = Given.settings("HOME=/home/u");

        assertThat(settings.pipe()).isEqualTo("pipe");
        Ends ends = settings.ends();
        assertThat(ends.source().endpoint().uri()).isEqualTo("http://:9000/events");
        assertThat(ends.source().headers()).isEqualTo(HeaderRule.ALL);
        assertThat(ends.source().onReject()).isEqualTo(Ends.OnReject.STOP);
        assertThat(ends.sink().endpoint().uri()).isEqualTo("stdout:");
        assertThat(ends.labelled()).isEmpty();
        assertThat(ends.deadLetters()).isEmpty();
        assertThat(ends.deadLetterLimit()).contains(new Ends.DeadLetterLimit(20, 1000));
        assertThat(settings.modules())
                .isEqualTo(new Modules(
                        new Origins(
                                "file://./modules",
                                List.of(),
                                System.getProperty("user.home") + "/.docker",
                                settings.modules().origins().variables()),
                        List.of(),
                        Modules.Calls.NONE,
                        Optional.empty()));
        assertThat(settings.cache().endpoint().uri()).isEqualTo("mem:");
        assertThat(settings.cache().namespace()).isEqualTo("pipe");
        assertThat(settings.cache().maxBytes()).isEqualTo(64L << 20);
        assertThat(settings.flow())
                .isEqualTo(new Flow(
                        4,
                        Flow.Order.AUTO,
                        Limits.DEFAULT,
                        new Flow.Retry(Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofMinutes(1), 10),
                        OptionalInt.empty()));
        assertThat(settings.service())
                .isEqualTo(new Service(
                        new Service.Shutdown(Duration.ZERO, Duration.ofSeconds(25)),
                        Optional.of(new Service.Management("", 8081, false, Optional.empty())),
                        Path.of("/home/u/.cache/wasm-pipes"),
                        new Service.Log(Service.Level.INFO, Service.Format.TEXT),
                        Map.of()));
    }

    @Test
    void an_adapter_says_which_headers_pass_unless_the_uri_does() throws ConfigException {
        List<Adapter> adapters = new ArrayList<>(FakeAdapter.ALL);
        adapters.add(new FakeAdapter(Set.of("small"), Set.of(Endpoint.Role.SINK), List.of("few")));
        Map<String, String> env = Given.env("SINK_URI=small:a", "SINK_ALL_URI=small:b?headers=*");
        Ends ends = Settings.from(env, adapters, Given.MACHINE).ends();
        assertThat(ends.sink().headers()).isEqualTo(new HeaderRule(List.of("content-type")));
        assertThat(ends.labelled().get("all").headers()).isEqualTo(HeaderRule.ALL);
        assertThat(ends.source().headers()).isEqualTo(HeaderRule.ALL);
    }

    @Test
    void every_variable_arrives_at_its_place() throws ConfigException {
        Settings settings = Given.settings(
                "SOURCE_URI=nats://in.>?queue=g&headers=a,x-*&on_reject=skip",
                "SINK_URI=nats://out?headers=",
                "SINK_HOT_URI=file:hot.txt?headers=b",
                "SINK_VERY_COLD_2_URI=discard:",
                "DEAD_LETTER_URI=file:dead.jsonl",
                "DEAD_LETTER_LIMIT=5/50",
                "PIPE_NAME=p",
                "WASM_MODULES=keep",
                "MODULE_KEEP_URI=filter.wasm",
                "MODULE_KEEP_CONFIG_EXPR=.temp > 20",
                "MODULE_KEEP_ABI=extism",
                "MODULE_KEEP_FUNCTION=run",
                "MODULE_KEEP_TIMEOUT=5s",
                "MODULE_KEEP_MEMORY=1MiB",
                "MODULE_KEEP_OUTPUTS=6",
                "MODULE_KEEP_OUTPUT_BYTES=3MiB",
                "MODULE_KEEP_CACHE_WRITES=4",
                "MODULE_KEEP_CACHE_BYTES=2KiB",
                "WASM_ENABLED=true",
                "WASM_BLOB_URI=file:mods",
                "WASM_MEMORY_MAX=32MiB",
                "WASM_TIMEOUT=2s",
                "WASM_OUTPUTS_MAX=7",
                "WASM_OUTPUT_BYTES_MAX=1MiB",
                "WASM_CACHE_WRITES_MAX=3",
                "WASM_CACHE_BYTES_MAX=1KiB",
                "WASM_ALLOW_HTTP=api.example.com, *.example.org:8443",
                "WASM_HTTP_SECRETS=api.example.com Authorization: Bearer s3cr3t",
                "WASM_RELOAD=1s",
                "OCI_PLAIN_HTTP=localhost:5000, registry",
                "DOCKER_CONFIG=/etc/docker",
                "HTTPS_PROXY=proxy:3128",
                "CACHE_URI=redis://h:1/2",
                "CACHE_NAMESPACE=ns",
                "CACHE_MAX_BYTES=1MiB",
                "WORKERS=3",
                "ORDER=key",
                "MAX_IN_FLIGHT=10",
                "MAX_IN_FLIGHT_BYTES=1MiB",
                "MAX_MESSAGE_BYTES=64KiB",
                "BATCH_SIZE=5",
                "RETRY_INITIAL_INTERVAL=1ms",
                "RETRY_MAX_INTERVAL=2s",
                "RETRY_MAX_ELAPSED=0s",
                "MAX_DELIVERIES=2",
                "LEASE_MAX=5m",
                "HOP_LIMIT=8",
                "SHUTDOWN_DELAY=5s",
                "SHUTDOWN_TIMEOUT=1m",
                "MANAGEMENT_HOST=127.0.0.1",
                "MANAGEMENT_PORT=8081",
                "MANAGEMENT_TOKEN=t",
                "STATE_DIR=/var/state",
                "LOG_LEVEL=debug",
                "LOG_FORMAT=json",
                "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318",
                "OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer s3cr3t",
                "OTEL_BSP_SCHEDULE_DELAY=100");

        Ends ends = settings.ends();
        assertThat(settings.pipe()).isEqualTo("p");
        assertThat(ends.source().headers()).isEqualTo(new HeaderRule(List.of("a", "x-*")));
        assertThat(ends.source().onReject()).isEqualTo(Ends.OnReject.SKIP);
        assertThat(ends.sink().headers()).isEqualTo(new HeaderRule(List.of()));
        assertThat(ends.labelled()).containsOnlyKeys("hot", "very_cold_2");
        assertThat(ends.labelled().get("hot").headers()).isEqualTo(new HeaderRule(List.of("b")));
        assertThat(ends.labelled().get("hot").endpoint().variable()).isEqualTo("SINK_HOT_URI");
        assertThat(ends.deadLetters().orElseThrow().endpoint().uri()).isEqualTo("file:dead.jsonl");
        assertThat(ends.deadLetterLimit()).contains(new Ends.DeadLetterLimit(5, 50));
        assertThat(settings.modules().origins().variables().get("HTTPS_PROXY")).contains("proxy:3128");
        Modules.Bounds bounds = new Modules.Bounds(1 << 20, Duration.ofSeconds(5), 6, 3 << 20, 4, 2 << 10);
        assertThat(settings.modules())
                .isEqualTo(new Modules(
                        new Origins(
                                "file:mods",
                                List.of("localhost:5000", "registry"),
                                "/etc/docker",
                                settings.modules().origins().variables()),
                        List.of(new Modules.Entry(
                                "keep",
                                "MODULE_KEEP_URI",
                                "filter.wasm",
                                Map.of("expr", ".temp > 20"),
                                Optional.of("extism"),
                                Optional.of("run"),
                                bounds)),
                        new Modules.Calls(
                                List.of("api.example.com", "*.example.org:8443"),
                                List.of(new Secret("api.example.com Authorization: Bearer s3cr3t"))),
                        Optional.of(Duration.ofSeconds(1))));
        assertThat(settings.cache().endpoint().uri()).isEqualTo("redis://h:1/2");
        assertThat(settings.cache().namespace()).isEqualTo("ns");
        assertThat(settings.cache().maxBytes()).isEqualTo(1 << 20);
        assertThat(settings.cache().isShared()).isTrue();
        assertThat(settings.flow())
                .isEqualTo(new Flow(
                        3,
                        Flow.Order.KEY,
                        new Limits(10, 1 << 20, 64 << 10, 5, Duration.ofMinutes(5)),
                        new Flow.Retry(Duration.ofMillis(1), Duration.ofSeconds(2), Duration.ZERO, 2),
                        OptionalInt.of(8)));
        assertThat(settings.service())
                .isEqualTo(new Service(
                        new Service.Shutdown(Duration.ofSeconds(5), Duration.ofMinutes(1)),
                        Optional.of(new Service.Management("127.0.0.1", 8081, true, Optional.of(new Secret("t")))),
                        Path.of("/var/state"),
                        new Service.Log(Service.Level.DEBUG, Service.Format.JSON),
                        Map.of(
                                "OTEL_EXPORTER_OTLP_ENDPOINT",
                                "http://collector:4318",
                                "OTEL_EXPORTER_OTLP_HEADERS",
                                "authorization=Bearer s3cr3t",
                                "OTEL_BSP_SCHEDULE_DELAY",
                                "100")));
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void the_words_for_nothing_are_understood() throws ConfigException {
        Settings settings = Given.settings(
                "DEAD_LETTER_LIMIT=off", "HOP_LIMIT=off", "MANAGEMENT_PORT=off", "WASM_RELOAD=off", "WASM_ENABLED=F");

        assertThat(settings.ends().deadLetterLimit()).isEmpty();
        assertThat(settings.flow().hopLimit()).isEmpty();
        assertThat(settings.service().management()).isEmpty();
        assertThat(settings.modules().chain()).isEmpty();
    }

    @Test
    void an_empty_value_means_the_default() throws ConfigException {
        Settings settings = Given.settings("WORKERS=", "WASM_ENABLED=", "MAX_IN_FLIGHT=", "MANAGEMENT_PORT=");

        assertThat(settings.flow().workers()).isEqualTo(4);
        assertThat(settings.flow().limits().maxInFlight()).isEqualTo(1000);
        assertThat(settings.service().management().orElseThrow().explicit()).isFalse();
    }

    @Test
    void fewer_cores_mean_fewer_workers_and_fewer_in_flight_smaller_batches() throws ConfigException {
        Settings settings = Settings.from(
                Given.env("MAX_IN_FLIGHT=10"), FakeAdapter.ALL, new Machine(2, 1L << 30, Path.of("/temporary")));

        assertThat(settings.flow().workers()).isEqualTo(2);
        assertThat(settings.flow().limits().batchSize()).isEqualTo(10);
    }

    @Test
    void the_state_folder_follows_the_users_cache_folder() throws ConfigException {
        assertThat(Given.settings("XDG_CACHE_HOME=/c", "HOME=/h").service().stateDir())
                .isEqualTo(Path.of("/c/wasm-pipes"));
        assertThat(Given.settings().service().stateDir()).isEqualTo(Path.of("/temporary/wasm-pipes"));
    }
}
