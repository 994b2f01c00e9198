package io.wasmpipes.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Every variable the process reads, in the order the documentation shows them. */
final class KnownSettings {
    /** A group of settings under a title. */
    record Section(String title, List<Setting> settings) {}

    static final List<Section> SECTIONS = List.of(
            new Section(
                    "Ends",
                    List.of(
                            Setting.of("SOURCE_URI", "http://:9000/events", "where messages come from"),
                            Setting.of(
                                    "SINK_URI",
                                    "stdout:",
                                    "where results go; a warning says so when it is unset. `reply:` answers an HTTP source"),
                            Setting.of(
                                    "SINK_<LABEL>_URI",
                                    "",
                                    "where outputs with that label go; labels are `[a-z][a-z0-9_]*`, in capitals here"),
                            Setting.of("DEAD_LETTER_URI", "", "where messages go that can never pass"),
                            Setting.of(
                                    "DEAD_LETTER_LIMIT",
                                    "20/1000",
                                    "stop asking for more when more than 20 of the last 1000 were dead letters; or `off`"),
                            Setting.of(
                                    "PIPE_NAME",
                                    "pipe",
                                    "the name in metrics, ids and the cache; required when CACHE_URI is shared"))),
            new Section(
                    "Modules",
                    List.of(
                            Setting.of("WASM_MODULES", "", "the chain of modules, in order; see below"),
                            Setting.of("MODULE_<ALIAS>_URI", "", "the module that an alias of WASM_MODULES stands for"),
                            Setting.of(
                                    "MODULE_<ALIAS>_CONFIG_<KEY>", "", "its configuration; the guest asks for `key`"),
                            Setting.of("MODULE_<ALIAS>_ABI", "", "overrides the detected ABI"),
                            Setting.of("MODULE_<ALIAS>_FUNCTION", "", "overrides the exported function to call"),
                            Setting.of("MODULE_<ALIAS>_TIMEOUT", "", "overrides WASM_TIMEOUT"),
                            Setting.of("MODULE_<ALIAS>_MEMORY", "", "overrides WASM_MEMORY_MAX"),
                            Setting.of("MODULE_<ALIAS>_OUTPUTS", "", "overrides WASM_OUTPUTS_MAX"),
                            Setting.of("MODULE_<ALIAS>_OUTPUT_BYTES", "", "overrides WASM_OUTPUT_BYTES_MAX"),
                            Setting.of("MODULE_<ALIAS>_CACHE_WRITES", "", "overrides WASM_CACHE_WRITES_MAX"),
                            Setting.of("MODULE_<ALIAS>_CACHE_BYTES", "", "overrides WASM_CACHE_BYTES_MAX"),
                            Setting.of(
                                    "WASM_ENABLED", "false", "`true` runs WASM_FILENAME where WASM_MODULES is not set"),
                            Setting.of(
                                    "WASM_BLOB_URI", "file://./modules", "where mere names of modules are looked up"),
                            Setting.of(
                                    "OCI_PLAIN_HTTP",
                                    "",
                                    "registries that are asked over http, such as `localhost:5000,registry:5000`"),
                            Setting.of(
                                    "DOCKER_CONFIG",
                                    "",
                                    "the folder of docker's `config.json`, which has the logins of registries; `~/.docker` if unset"),
                            Setting.of("WASM_FILENAME", "main.wasm", "the one module of WASM_ENABLED"),
                            Setting.of("WASM_MEMORY_MAX", "64MiB", "memory of one instance"),
                            Setting.of(
                                    "WASM_TIMEOUT",
                                    "1s",
                                    "time for one message in one module; its start has 10s, or this if it is more"),
                            Setting.of("WASM_OUTPUTS_MAX", "10000", "outputs of one message in one module"),
                            Setting.of("WASM_OUTPUT_BYTES_MAX", "16MiB", "their bytes"),
                            Setting.of(
                                    "WASM_CACHE_WRITES_MAX",
                                    "10000",
                                    "how often one module may write to the cache with one message; 0 forbids it"),
                            Setting.of("WASM_CACHE_BYTES_MAX", "16MiB", "the bytes of those keys and values"),
                            Setting.of(
                                    "WASM_ALLOW_HTTP",
                                    "",
                                    "hosts that modules may call, such as `api.example.com,*.example.org:8443`"),
                            Setting.secret(
                                    "WASM_HTTP_SECRETS",
                                    "headers that modules do not see, added to their requests: lines of `HOST NAME: VALUE`"),
                            Setting.of(
                                    "WASM_RELOAD",
                                    "off",
                                    "how often to look for changed modules, such as `1s`; `off`: only when asked"))),
            new Section(
                    "Cache",
                    List.of(
                            Setting.of("CACHE_URI", "mem:", "`mem:`, or `redis://` or `rediss://` `host:port/db`"),
                            Setting.of("CACHE_NAMESPACE", "the PIPE_NAME", "pipes of one namespace share keys"),
                            Setting.of("CACHE_MAX_BYTES", "64MiB", "bound of `mem:`, keys included"))),
            new Section(
                    "Flow",
                    List.of(
                            Setting.of("WORKERS", "the cores, at most 4", "lanes that run modules"),
                            Setting.of("ORDER", "auto", "`auto` (what the source promises), `key`, `source` or `none`"),
                            Setting.of("MAX_IN_FLIGHT", "1000", "messages received and not settled"),
                            Setting.of("MAX_IN_FLIGHT_BYTES", "32MiB", "their bytes; must fit the heap"),
                            Setting.of("MAX_MESSAGE_BYTES", "8MiB", "a larger body can never pass"),
                            Setting.of("BATCH_SIZE", "100", "messages a lane takes at once when it is busy"),
                            Setting.of("RETRY_INITIAL_INTERVAL", "100ms", "first wait after a message's own failure"),
                            Setting.of("RETRY_MAX_INTERVAL", "10s", "longest wait"),
                            Setting.of("RETRY_MAX_ELAPSED", "1m", "then the message is handed back to its source"),
                            Setting.of("MAX_DELIVERIES", "10", "then it is a dead letter"),
                            Setting.of("LEASE_MAX", "1h", "how long a delivery is kept alive at its source"),
                            Setting.of(
                                    "HOP_LIMIT",
                                    "off",
                                    "how many pipes a message may have passed before this one; one that has passed more is poison"))),
            new Section(
                    "Process",
                    List.of(
                            Setting.of("SHUTDOWN_DELAY", "0s", "how long HTTP still accepts after SIGTERM"),
                            Setting.of("SHUTDOWN_TIMEOUT", "25s", "how long draining may take"),
                            Setting.of("MANAGEMENT_HOST", "", "address of the management port; unset means all"),
                            Setting.of(
                                    "MANAGEMENT_PORT",
                                    "8081",
                                    "console, health and metrics; unset and taken means a free one; or `off`"),
                            Setting.secret(
                                    "MANAGEMENT_TOKEN",
                                    "bearer token of the management port: needed to look, and for bodies and actions, which are off without one"),
                            Setting.of(
                                    "STATE_DIR",
                                    "the user's cache folder",
                                    "the one writable folder: compiled and downloaded modules"),
                            Setting.of("LOG_LEVEL", "info", "`trace`, `debug`, `info`, `warn`, `error` or `off`"),
                            Setting.of("LOG_FORMAT", "text", "`text` or `json`; always stderr, UTC, never a body"))),
            new Section(
                    "Traces",
                    List.of(
                            Setting.of(
                                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                                    "",
                                    "the collector, such as `http://collector:4318`; unset: no traces. Any other `OTEL_*` variable of OpenTelemetry's SDK works too"),
                            Setting.secret(
                                    "OTEL_EXPORTER_OTLP_HEADERS", "headers for it, such as `authorization=Bearer x`"),
                            Setting.of("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "no other is spoken"),
                            Setting.of("OTEL_SERVICE_NAME", "the PIPE_NAME", "what the pipe is called there"),
                            Setting.of(
                                    "OTEL_RESOURCE_ATTRIBUTES",
                                    "",
                                    "more about it, such as `deployment.environment.name=prod`"),
                            Setting.of(
                                    "OTEL_TRACES_SAMPLER",
                                    "parentbased_always_on",
                                    "which messages are traced; `parentbased_traceidratio` for a share of them"),
                            Setting.of("OTEL_TRACES_SAMPLER_ARG", "1.0", "that share"),
                            Setting.of(
                                    "OTEL_PROPAGATORS",
                                    "tracecontext,baggage",
                                    "how a trace is read from headers and written to them"),
                            Setting.of(
                                    "OTEL_BSP_MAX_QUEUE_SIZE", "2048", "spans that wait to be sent; more are dropped"),
                            Setting.of("OTEL_TRACES_EXPORTER", "otlp", "or `none`"),
                            Setting.of("OTEL_SDK_DISABLED", "false", "`true`: no traces"))));

    private static final Map<String, Setting> BY_NAME = new HashMap<>();

    static {
        for (Section section : SECTIONS) {
            for (Setting setting : section.settings()) {
                BY_NAME.put(setting.name(), setting);
            }
        }
    }

    private KnownSettings() {}

    /** The setting of this name, which must be in the table. */
    static Setting of(String name) {
        return Objects.requireNonNull(BY_NAME.get(name), name);
    }
}
