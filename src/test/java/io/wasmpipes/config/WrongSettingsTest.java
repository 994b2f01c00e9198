package io.wasmpipes.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wasmpipes.ConfigException;
import io.wasmpipes.support.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every wrong configuration gets a report that names variable, value and rule, and shows no secret. */
class WrongSettingsTest {
    private static Arguments wrong(String line, String told) {
        return Arguments.of(line, told);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                wrong("SINK_URL=stdout:", "SINK_URL: unknown, did you mean SINK_URI? (was stdout:)"),
                wrong("SINK_URL=", "SINK_URL: unknown, did you mean SINK_URI?\n"),
                wrong("sink_uri=stdout:", "sink_uri: unknown, did you mean SINK_URI? (was stdout:)"),
                wrong("worker=1", "worker: unknown, did you mean WORKERS?"),
                wrong("SNIK_URI=stdout:", "SNIK_URI: unknown, did you mean SINK_URI? (was stdout:)"),
                wrong("SINK_HOT_URL=stdout:", "SINK_HOT_URL: unknown, did you mean SINK_HOT_URI? (was stdout:)"),
                wrong("WASM_MODULE=a", "WASM_MODULE: unknown, did you mean WASM_MODULES?"),
                wrong("RETRY_MAX_INTERVALL=1s", "RETRY_MAX_INTERVALL: unknown, did you mean RETRY_MAX_INTERVAL?"),
                wrong("NATS_CREDENTIAL=x", "NATS_CREDENTIAL: unknown, did you mean NATS_CREDENTIALS?"),
                wrong(
                        "SOURCE_NATS_SERVER_URI=x",
                        "SOURCE_NATS_SERVER_URI: unknown, did you mean SOURCE_NATS_SERVER_URL? (was x)"),
                wrong(
                        "SINK_NATS_SERVER_URI=nats://h",
                        "SINK_NATS_SERVER_URI: would be the sink of a label; did you mean SINK_NATS_SERVER_URL?"
                                + " (was nats://h); or choose another label"),
                wrong("SINK_URI=", "SINK_URI: must not be empty; unset it for the default, stdout:"),
                wrong("SOURCE_URI=", "SOURCE_URI: must not be empty; unset it for the default, http://:9000/events"),
                wrong("DEAD_LETTER_URI=", "DEAD_LETTER_URI: must not be empty; unset it or give it a value"),
                wrong("SINK_HOT_URI=", "SINK_HOT_URI: must not be empty; unset it or give it a value"),
                wrong(
                        "SINK_URI=stdout",
                        "SINK_URI: must be a URI, scheme:rest (was stdout); for instance http://:9000/events or stdout:"),
                wrong(
                        "SINK_URI=kafkaa://t",
                        "SINK_URI: kafkaa: is no known scheme of a sink (was kafkaa://t); known: discard, file, http,"
                                + " https, nats, reply, stdout"),
                wrong("SINK_URI=timer:", "SINK_URI: timer: cannot be a sink (was timer:); known: "),
                wrong("SOURCE_URI=stdout:", "SOURCE_URI: stdout: cannot be a source (was stdout:); known: "),
                wrong(
                        "SOURCE_URI=nats://in?colour=red",
                        "SOURCE_URI option colour: is unknown to nats (was nats://in?colour=red); accepted: headers,"
                                + " natsv2, on_reject, queue"),
                wrong(
                        "SOURCE_URI=nats://in?on_reject=drop",
                        "SOURCE_URI option on_reject: must be stop or skip (was drop)"),
                wrong(
                        "SINK_URI=nats://out?headers=a,,b",
                        "SINK_URI option headers: must be names such as content-type,x-* (was a,,b)"),
                wrong("SINK_2_URI=stdout:", "SINK_2_URI: the label must match [a-z][a-z0-9_]*, was 2"),
                wrong("DEAD_LETTER_URI=reply:", "DEAD_LETTER_URI: reply: can only be SINK_URI (was reply:)"),
                wrong("SINK_HOT_URI=reply:", "SINK_HOT_URI: reply: can only be SINK_URI (was reply:)"),
                wrong(
                        "DEAD_LETTER_LIMIT=20",
                        "DEAD_LETTER_LIMIT: must be letters/messages such as 20/1000, or off (was 20)"),
                wrong("DEAD_LETTER_LIMIT=3/2", "DEAD_LETTER_LIMIT: must be letters/messages"),
                wrong("CACHE_URI=redis://h:1/0", "PIPE_NAME: is required when CACHE_URI is shared; "),
                wrong("CACHE_URI=memcached://h", "CACHE_URI: must be mem:, redis://host:port/db or rediss://"),
                wrong("CACHE_URI=mem:?size=1", "CACHE_URI: takes no options (was mem:?size=1)"),
                wrong("CACHE_MAX_BYTES=big", "CACHE_MAX_BYTES: must be a size such as 512, 64KiB or 8MiB (was big)"),
                wrong("WORKERS=0", "WORKERS: must be a whole number from 1 to 1024 (was 0)"),
                wrong("WORKERS=two", "WORKERS: must be a whole number from 1 to 1024 (was two)"),
                wrong("MAX_IN_FLIGHT=-1", "MAX_IN_FLIGHT: must be a whole number of at least 1 (was -1)"),
                wrong("ORDER=random", "ORDER: must be one of auto, key, source, none (was random)"),
                wrong("BATCH_SIZE=5000", "BATCH_SIZE: must not exceed MAX_IN_FLIGHT, 1000 (was 5000)"),
                wrong(
                        "MAX_IN_FLIGHT_BYTES=2GiB",
                        "MAX_IN_FLIGHT_BYTES: MAX_IN_FLIGHT_BYTES + MAX_MESSAGE_BYTES 8MiB + CACHE_MAX_BYTES 64MiB must"
                                + " fit in three quarters of the heap, which is 1GiB (was 2GiB); lower them, or give the JVM"
                                + " more heap"),
                wrong("MAX_MESSAGE_BYTES=3GiB", "MAX_MESSAGE_BYTES: must be from 1 to "),
                wrong(
                        "RETRY_INITIAL_INTERVAL=11s",
                        "RETRY_INITIAL_INTERVAL: must not exceed RETRY_MAX_INTERVAL (was 11s)"),
                wrong(
                        "RETRY_MAX_ELAPSED=1d",
                        "RETRY_MAX_ELAPSED: must be a duration such as 250ms, 30s or 1m30s (was 1d)"),
                wrong("SHUTDOWN_TIMEOUT=-1s", "SHUTDOWN_TIMEOUT: must be a duration"),
                wrong("HOP_LIMIT=0", "HOP_LIMIT: must be a whole number of at least 1 (was 0)"),
                wrong("MANAGEMENT_PORT=70000", "MANAGEMENT_PORT: must be a whole number from 0 to 65535 (was 70000)"),
                wrong("LOG_LEVEL=loud", "LOG_LEVEL: must be one of trace, debug, info, warn, error, off (was loud)"),
                wrong("LOG_FORMAT=xml", "LOG_FORMAT: must be one of text, json (was xml)"),
                wrong("WASM_ENABLED=yes", "WASM_ENABLED: must be true or false (1, t, TRUE, 0, f, FALSE, …) (was yes)"),
                wrong("WASM_MEMORY_MAX=1KiB", "WASM_MEMORY_MAX: must be from 64KiB to "),
                wrong("WASM_TIMEOUT=0s", "WASM_TIMEOUT: must be at least 1ms (was 0s)"),
                wrong("WASM_ALLOW_HTTP=http://x/", "WASM_ALLOW_HTTP: must be host names such as "),
                wrong("WASM_HTTP_SECRETS=hidden", "WASM_HTTP_SECRETS: must have lines of the form HOST NAME: VALUE"),
                wrong("WASM_RELOAD=on", "WASM_RELOAD: must be a duration"),
                wrong("OCI_PLAIN_HTTP=http://localhost:5000", "OCI_PLAIN_HTTP: must be registries such as"),
                wrong(
                        "SOURCE_URI_FILE=/nowhere/uri",
                        "SOURCE_URI_FILE: must name a readable file of at most 1 MiB (was "));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_is_one_line_naming_variable_value_and_rule(String line, String told) {
        String report = Given.report(line);

        assertThat(report).startsWith("the configuration has a problem:\n  " + told);
        assertThat(report.lines()).hasSize(2);
    }

    @Test
    void reply_needs_an_http_source() {
        assertThat(Given.report("SOURCE_URI=nats://in", "SINK_URI=reply:"))
                .contains("SINK_URI: reply: answers an HTTP source, and SOURCE_URI is nats: (was reply:)");
    }

    @Test
    void a_chain_that_is_switched_off_is_a_contradiction() {
        assertThat(Given.report("WASM_ENABLED=false", "WASM_MODULES=a"))
                .contains("WASM_ENABLED: is off although WASM_MODULES names modules (was false)");
    }

    @Test
    void three_mistakes_are_told_at_once() {
        String report = Given.report("SINK_URL=stdout:", "WORKERS=none", "SOURCE_URI=nats://in?x=1");

        assertThat(report).startsWith("the configuration has 3 problems:\n");
        assertThat(report).contains("SINK_URL: ", "WORKERS: ", "SOURCE_URI option x: ");
        assertThat(report.lines()).hasSize(4);
    }

    @Test
    void no_secret_is_in_any_report() {
        String report = Given.report(
                "SOURCE_URI=nats://user:hunter2@in?colour=red",
                "SINK_URI=nats://out?token=hunter2&shape=round",
                "SINK_URL=nats://hunter2@out",
                "SOURCE_NATS_PASSWOR=hunter2",
                "MANAGEMENT_TOKN=hunter2",
                "DEAD_LETTER_URI=redis://u:a/hunter2@h/x",
                "CACHE_URI=redis://:hunter2@h/zero",
                "PIPE_NAME=p");

        assertThat(report).doesNotContain("hunter2");
        assertThat(report)
                .contains(
                        "SOURCE_URI option colour",
                        "SINK_URI option shape",
                        "SINK_URL: unknown",
                        "SOURCE_NATS_PASSWOR: unknown, did you mean SOURCE_NATS_PASSWORD?",
                        "MANAGEMENT_TOKN: unknown",
                        "DEAD_LETTER_URI: ",
                        "CACHE_URI: must be redis://host:port/db");
    }

    @Test
    void settings_show_everything_but_secrets() throws Exception {
        Path file = Files.writeString(Folders.fresh("secret").resolve("token"), "hunter2");
        Settings settings = Given.settings(
                "SOURCE_URI=nats://user:hunter2@in",
                "SINK_URI=nats://out",
                "SINK_HOT_URI=http://u:hunter2@h/",
                "NATS_PASSWORD=hunter2",
                "SINK_HTTP_HEADER_X=hunter2",
                "AWS_SECRET_ACCESS_KEY=hunter2",
                "MANAGEMENT_TOKEN_FILE=" + file,
                "WASM_MODULES=a",
                "MODULE_A_CONFIG_API_TOKEN=hunter2",
                "MODULE_A_CONFIG_LEVEL=7",
                "WORKERS=2");

        assertThat(settings.toString())
                .doesNotContain("hunter2")
                .contains(
                        "SOURCE_URI=nats://***@in\n",
                        "WORKERS=2\n",
                        "ORDER=auto (default)\n",
                        "NATS_PASSWORD=***\n",
                        "SINK_HTTP_HEADER_X=***",
                        "MODULE_A_CONFIG_LEVEL=7\n",
                        "MODULE_A_CONFIG_API_TOKEN=***\n",
                        "MANAGEMENT_TOKEN_FILE=" + file + "\n");
        assertThat(settings.service().management().orElseThrow().token()).contains(new Secret("hunter2"));
        assertThat(settings.service().toString() + settings.modules() + settings.ends() + settings.cache())
                .doesNotContain("hunter2");
    }

    @Test
    void a_file_and_a_value_for_one_name_contradict_each_other() throws Exception {
        Path file = Files.writeString(Folders.fresh("both").resolve("uri"), "nats://in");
        Path empty = Files.writeString(Folders.fresh("both").resolve("empty"), "\n");

        assertThat(Given.report("SINK_URI=nats://out", "SINK_URI_FILE=" + file))
                .contains("SINK_URI: is set, and so is SINK_URI_FILE; set one of them");
        assertThat(Given.report("SINK_NATS_TOKEN_FILE=" + empty))
                .contains("SINK_NATS_TOKEN_FILE: must name a file that holds the value (was " + empty
                        + "); the file is empty");
    }

    @Test
    void the_certificates_of_the_cache_are_checked_at_start() {
        assertThat(Given.report("CACHE_URI=rediss://h:1/0", "PIPE_NAME=p", "CACHE_TLS_CA_FILE=/nowhere.pem"))
                .contains("CACHE_TLS_CA_FILE: must name a readable file (was /nowhere.pem)");
    }

    @Test
    void a_small_heap_refuses_what_it_cannot_hold() {
        Machine small = new Machine(1, 128L << 20, Path.of("/temporary"));
        ConfigException failure =
                catchThrowableOfType(ConfigException.class, () -> Settings.from(Map.of(), FakeAdapter.ALL, small));

        assertThat(ProblemReport.text(failure)).contains("MAX_IN_FLIGHT_BYTES", "(was 32MiB)", "which is 128MiB");
    }

    @Test
    void a_long_value_is_cut_and_line_ends_are_shown() {
        String report = Given.report("WORKERS=" + "x".repeat(1000), "ORDER=a\nb");

        assertThat(report.lines()).hasSize(3).allMatch(line -> line.length() < 300);
    }
}
