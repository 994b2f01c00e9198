package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The commands that run no pipe, in this process. */
class CliTest extends Typed {
    @Test
    void wrong_commands_end_with_2_and_wrong_settings_with_78() {
        assertThat(run("fly")).isEqualTo(2);
        assertThat(err()).contains("fly");
        assertThat(run("explain", "--env")).isEqualTo(2);
        assertThat(err()).contains("--env");
        environment.put("SINK_URL", "x");
        assertThat(run("explain")).isEqualTo(78);
        assertThat(err()).contains("did you mean SINK_URI");
        assertThat(run("check", "--env-file", folder + "/none")).isEqualTo(78);
        assertThat(err()).contains("must be a readable file");
        assertThat(run("dlq", "discard", "file:x")).isEqualTo(78);
        assertThat(err()).contains("discard takes --id ID, or --all");
    }

    @Test
    void every_command_has_help_and_completes() {
        assertThat(run("--help")).isZero();
        String all = out();
        for (String command : List.of(
                "run",
                "check",
                "explain",
                "describe",
                "send",
                "dlq",
                "tap",
                "inspect",
                "new-module",
                "test",
                "push",
                "version",
                "completion")) {
            assertThat(all).contains(command);
            assertThat(run(command, "--help")).isZero();
            assertThat(out()).contains("Usage: wasm-pipes " + command);
        }
        assertThat(run("completion")).isZero();
        assertThat(out()).contains("complete -F _complete_wasm-pipes").contains("redrive");
        assertThat(run("version")).isZero();
        assertThat(out()).startsWith("wasm-pipes ");
    }

    @Test
    void explain_and_describe_speak_json_too() throws Exception {
        environment.put("SOURCE_URI", "stdin:");
        environment.put("PIPE_NAME", "one");
        assertThat(run("explain", "--json")).isZero();
        assertThat(new ObjectMapper().readTree(out()).path("pipe").get(0).asText())
                .isEqualTo("one: stdin: → stdout:");
        assertThat(run("describe", "--json")).isZero();
        assertThat(new ObjectMapper()
                        .readTree(out())
                        .path("pipes")
                        .get(0)
                        .path("sinks")
                        .path("sink")
                        .asText())
                .isEqualTo("stdout:");
    }

    @Test
    void describe_reads_a_file_per_pipe() throws Exception {
        String in = file("in.env", "PIPE_NAME=in\nSOURCE_URI=http://:9000/e\nSINK_URI=nats://a\n")
                .toString();
        String back = file("back.env", "PIPE_NAME=back\nSOURCE_URI=nats://a\nSINK_URI=http://h:9000/e\n")
                .toString();
        assertThat(run("describe", in, back)).isZero();
        assertThat(out()).contains("LOOP: in → back → in");
        assertThat(run("describe", "--mermaid", in, back)).isZero();
        assertThat(out()).startsWith("flowchart LR");
        assertThat(run("describe", in, in)).isEqualTo(78);
        assertThat(err()).contains("must have a PIPE_NAME of its own");
        assertThat(run("describe", file("wrong.env", "SINK_URI=what\n").toString()))
                .isEqualTo(78);
        assertThat(err()).contains("wrong.env SINK_URI");
    }

    @Test
    void describe_reads_the_values_of_the_chart() throws Exception {
        assertThat(run("describe", "src/test/resources/charts/hot-cold.yaml")).isZero();
        assertThat(out()).contains("gate", "hot", "cold").contains("no loop");
        assertThat(run("describe", "--json", "src/test/resources/charts/hot-cold.yaml"))
                .isZero();
        assertThat(new ObjectMapper().readTree(out()).path("edges"))
                .extracting(edge ->
                        edge.path("from").asText() + " → " + edge.path("to").asText())
                .containsExactlyInAnyOrder("gate → hot", "gate → cold");
        String relay = file("values.yaml", """
                        pipe: {env: {SINK_URI: "http://demo-b:9000/events"}, secretEnv: {HTTP_TOKEN: {secret: s, key: k}}}
                        pipes:
                          a: {}
                          b: {env: {SINK_URI: "http://demo-a.prod.svc:9000/events"}}
                          c: {env: {SINK_URI: "http://elsewhere:9000/events"}}
                        """).toString();
        assertThat(run("describe", relay)).isZero();
        assertThat(out()).contains("LOOP: a → b → a");
        assertThat(run("describe", file("list.yaml", "- a\n").toString())).isEqualTo(78);
        assertThat(err()).contains("must be a values file of the chart");
        assertThat(run("describe", file("broken.yaml", "a: [\n").toString())).isEqualTo(78);
        assertThat(run(
                        "describe",
                        file("wrong.yaml", "pipes: {a: {env: {SINK_URL: x}}}").toString()))
                .isEqualTo(78);
        assertThat(err()).contains("wrong.yaml SINK_URL: unknown");
    }

    @Test
    void a_message_is_sent_with_headers_and_as_an_event() throws Exception {
        List<String> got = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                var headers = exchange.getRequestHeaders();
                got.add(headers.getFirst("X-A") + " " + headers.getFirst("ce-type") + " "
                        + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/no") ? 400 : 200, -1);
            }
        });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            assertThat(run("send", base + "/yes", "-d", "hello", "-H", "X-A=1", "--event", "order.new"))
                    .isZero();
            assertThat(out()).contains("confirmed by http://127.0.0.1");
            assertThat(run(
                            "send",
                            base + "/no",
                            "--file",
                            file("body", "from a file").toString()))
                    .isEqualTo(1);
            assertThat(err()).contains("not sent: ");
            assertThat(got).containsExactly("1 order.new hello", "null null from a file");
        } finally {
            server.stop(0);
        }
        assertThat(run("send", "kafka:", "-d", "x")).isEqualTo(78);
        assertThat(run("send", "http://127.0.0.1:1/x", "-d", "x")).isEqualTo(1);
    }
}
