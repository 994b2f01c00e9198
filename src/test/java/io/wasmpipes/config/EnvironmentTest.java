package io.wasmpipes.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Endpoint.Role;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Variables;
import io.wasmpipes.support.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where values come from: ends' prefixes, files, and what is in the environment beside ours. */
class EnvironmentTest {
    @Test
    void drivers_see_the_variables_of_their_end_first_and_plain_ones_else() throws Exception {
        Path secret = Files.writeString(Folders.fresh("secret").resolve("password"), "from file\r\n");
        Settings settings = Given.settings(
                "SOURCE_URI=nats://in",
                "SINK_URI=nats://out",
                "SINK_HOT_URI=nats://hot",
                "DEAD_LETTER_URI=nats://dead",
                "NATS_SERVER_URL=plain:4222",
                "SOURCE_NATS_SERVER_URL=source:4222",
                "SINK_HOT_NATS_SERVER_URL=hot:4222",
                "DEAD_LETTER_NATS_USER=",
                "NATS_USER=u",
                "SINK_NATS_PASSWORD_FILE=" + secret,
                "TLS_CA_FILE=/ca.pem",
                "SINK_HTTP_HEADER_X_A=1",
                "HTTP_HEADER_X_A=0",
                "HTTP_HEADER_X_B_FILE=" + secret);

        var source = settings.ends().source().endpoint().variables();
        var sink = settings.ends().sink().endpoint().variables();
        var hot = settings.ends().labelled().get("hot").endpoint().variables();
        var dead = settings.ends().deadLetters().orElseThrow().endpoint().variables();
        assertThat(source.get("NATS_SERVER_URL")).contains("source:4222");
        assertThat(source.nameOf("NATS_SERVER_URL")).isEqualTo("SOURCE_NATS_SERVER_URL");
        assertThat(sink.get("NATS_SERVER_URL")).contains("plain:4222");
        assertThat(sink.nameOf("NATS_SERVER_URL")).isEqualTo("NATS_SERVER_URL");
        assertThat(hot.get("NATS_SERVER_URL")).contains("hot:4222");
        assertThat(hot.get("NATS_PASSWORD"))
                .as("a label does not inherit from SINK_")
                .isEmpty();
        assertThat(dead.get("NATS_USER")).as("empty counts as absent").contains("u");
        assertThat(sink.get("NATS_PASSWORD")).contains("from file");
        assertThat(sink.nameOf("NATS_PASSWORD")).isEqualTo("SINK_NATS_PASSWORD_FILE");
        assertThat(sink.get("TLS_CA_FILE")).as("itself a path").contains("/ca.pem");
        assertThat(sink.get("NATS_TOKEN")).isEmpty();
        assertThat(sink.nameOf("NATS_TOKEN")).isEqualTo("NATS_TOKEN");
        assertThat(sink.under("HTTP_HEADER_")).isEqualTo(Map.of("X_A", "1", "X_B", "from file"));
        assertThat(sink).hasToString("SINK_*");
        assertThat(settings.warnings()).isEmpty();

        Files.writeString(secret, "replaced");
        assertThat(sink.get("NATS_PASSWORD")).contains("replaced");
        Files.delete(secret);
        assertThat(sink.get("NATS_PASSWORD")).as("keeps its last value").contains("replaced");
    }

    @Test
    void any_setting_may_stand_in_a_file() throws Exception {
        Path folder = Folders.fresh("settings");
        Path uri = Files.writeString(folder.resolve("uri"), "nats://in\n");
        Path workers = Files.writeString(folder.resolve("workers"), "2");
        Path config = Files.writeString(folder.resolve("config"), "line 1\nline 2\n");
        Settings settings = Given.settings(
                "SOURCE_URI_FILE=" + uri,
                "WORKERS_FILE=" + workers,
                "WASM_MODULES=a",
                "MODULE_A_CONFIG_RULES_FILE=" + config,
                "SINK_X_URI_FILE=" + uri);

        assertThat(settings.ends().source().endpoint().uri()).isEqualTo("nats://in");
        assertThat(settings.ends().labelled().get("x").endpoint().uri()).isEqualTo("nats://in");
        assertThat(settings.flow().workers()).isEqualTo(2);
        assertThat(settings.modules().chain().getFirst().config()).containsEntry("rules", "line 1\nline 2");
        assertThat(settings.warnings()).extracting(ProblemReport::line).noneMatch(line -> line.contains("_FILE"));
    }

    @Test
    void what_kubernetes_injects_is_not_ours() throws ConfigException {
        Settings settings = Given.settings(
                "SINK_URI=stdout:",
                "SINK_SERVICE_HOST=10.0.0.1",
                "SINK_SERVICE_PORT=80",
                "SINK_SERVICE_PORT_HTTP=80",
                "SINK_PORT=tcp://10.0.0.1:80",
                "SINK_PORT_80_TCP=tcp://10.0.0.1:80",
                "SINK_PORT_80_TCP_ADDR=10.0.0.1",
                "CACHE_PORT_53_UDP_PROTO=udp",
                "MANAGEMENT_PORT=tcp://10.0.0.2:8081",
                "WORKERS_PORT=udp://10.0.0.2:53");

        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.service().management().orElseThrow().port()).isEqualTo(8081);
        assertThat(settings.service().management().orElseThrow().explicit()).isFalse();
    }

    @Test
    void strangers_are_let_alone_and_strangers_of_our_look_are_warned_about() throws ConfigException {
        assertThat(Given.warnings(
                        "SINK_URI=stdout:",
                        "PATH=/bin",
                        "DATABASE_URL=x",
                        "LANG=C",
                        "JAVA_OPTS=-Xmx1g",
                        "https_proxy=x",
                        "HTTPS_PROXY=x",
                        "WASM_PIPES_HOME=/opt",
                        "CACHE_DIR=/c",
                        "SOURCE_COLOUR=red",
                        "MODULE_OLD_URI=old.wasm",
                        "SINK_COLD_NATS_TOKEN=x",
                        "WASM_FILENAME=x.wasm"))
                .containsExactly(
                        "WASM_FILENAME: has no effect without WASM_ENABLED=true (was x.wasm)",
                        "CACHE_DIR: unknown, ignored; did you mean CACHE_URI?",
                        "MODULE_OLD_URI: no module of that alias is in WASM_MODULES",
                        "SINK_COLD_NATS_TOKEN: unknown, ignored",
                        "SOURCE_COLOUR: unknown, ignored");
    }

    @Test
    void an_unset_sink_is_warned_about() throws ConfigException {
        assertThat(Given.warnings("SOURCE_URI=nats://in"))
                .containsExactly("SINK_URI: is unset: results go to stdout; set SINK_URI=stdout: to say so");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSL_CERT_FILE",
                "SSL_CERT_DIR",
                "SOURCE_DATE_EPOCH",
                "CURL_CA_BUNDLE",
                "HOSTNAME",
                "HOME",
                "USER",
                "PWD",
                "SHLVL",
                "TERM",
                "LC_ALL",
                "MAIL",
                "PAGER",
                "JAVA_HOME",
                "JAVA_TOOL_OPTIONS",
                "MAVEN_OPTS",
                "CI",
                "GITHUB_ACTIONS",
                "KUBERNETES_SERVICE_HOST",
                "KUBERNETES_PORT",
                "NODE_ENV",
                "XDG_RUNTIME_DIR",
                "_",
                "BASH_FUNC_which%%",
                "OTEL_SERVICE_NAME",
                "DOCKER_HOST",
                "REDIS_URL",
                "DATABASE_URL",
                "ALL_PROXY",
                "BORDER"
            })
    void what_other_programs_use_is_neither_refused_nor_warned_about(String name) throws ConfigException {
        assertThat(Given.warnings("SINK_URI=stdout:", name + "=x")).isEmpty();
    }

    @Test
    void every_variable_that_an_adapter_reads_is_in_the_table() {
        Set<String> asked = new TreeSet<>();
        Variables recorder = new Variables() {
            @Override
            public Optional<String> get(String name) {
                asked.add(name);
                return Optional.empty();
            }

            @Override
            public String nameOf(String name) {
                return name;
            }

            @Override
            public Map<String, String> under(String prefix) {
                asked.add(prefix + "X");
                return Map.of();
            }
        };
        for (Adapter adapter : ServiceLoader.load(Adapter.class)) {
            for (String scheme : adapter.schemes()) {
                for (Role role : List.of(Role.SOURCE, Role.SINK)) {
                    Endpoint.parse(role, role + "_URI", scheme + "://host/x", recorder, new Problems())
                            .ifPresent(adapter::problems);
                }
            }
        }
        asked.removeIf(name -> name.equals(name.toLowerCase(Locale.ROOT))); // http_proxy

        assertThat(asked)
                .isNotEmpty()
                .allMatch(name -> DriverVariables.find(name).isPresent());
    }

    @Test
    void the_first_ten_minutes_are_accepted_by_the_real_adapters() throws ConfigException {
        List<Adapter> adapters = ServiceLoader.load(Adapter.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        for (Map<String, String> env : List.of(
                Map.<String, String>of(),
                Given.env("WASM_MODULES=uppercase.wasm"),
                Given.env("SOURCE_URI=http://:9100/hook", "SINK_URI=stdout:"),
                Given.env("PIPE_NAME=in", "SINK_URI=jetstream://ORDERS?subject=orders.new&create=true"),
                Given.env(
                        "PIPE_NAME=out",
                        "SOURCE_URI=jetstream://ORDERS?subject=orders.>&durable=out",
                        "SINK_URI=http://localhost:9100/hook",
                        "WASM_MODULES=keep",
                        "MODULE_KEEP_URI=filter.wasm",
                        "MODULE_KEEP_CONFIG_EXPR=.temp > 20",
                        "DEAD_LETTER_URI=file:dead.jsonl"),
                Given.env("SOURCE_URI=nats://check-temp?queue=hot", "SINK_URI=nats://hot"),
                Given.env("SOURCE_URI=nats://sink?queue=pipe", "NATS_SERVER_URL=0.0.0.0:4222"))) {
            assertThat(Settings.from(env, adapters, Given.MACHINE).warnings())
                    .extracting(Problem::subject)
                    .isSubsetOf("SINK_URI");
        }
    }
}
