package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.wasmpipes.support.Folders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands that run no pipe, in this process. */
class CliTest {
    private static final String LETTERS = """
            {"time":"2026-01-31T12:00:00Z","id":"d1","key":"k","wasmpipes":{"reason":"not JSON at byte 0","stage":"keep","digest":"","pipe":"p","source":"SOURCE","attempts":1,"time":"2026-01-31T12:00:00Z","id":"m1"},"headers":[{"name":"a","value":"b"}],"body":"oops"}
            {"time":"2026-01-31T12:00:01Z","id":"d2","wasmpipes":{"reason":"too \\"deep\\"","stage":"","digest":"","pipe":"p","source":"SOURCE","attempts":3,"time":"2026-01-31T12:00:01Z","id":"m2"},"headers":[],"body_base64":"/w=="}
            {"time":"2026-01-31T12:00:02Z","id":"d3","wasmpipes":{"reason":"big","stage":"keep","digest":"","pipe":"p","source":"SOURCE","attempts":1,"time":"2026-01-31T12:00:02Z","id":"m3","truncated_from":9},"headers":[],"body":"head"}
            """;

    private final Path folder = Folders.fresh("cli");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();

    @AfterEach
    void delete() {
        Folders.delete(folder);
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment);
        return Cli.run(List.of(arguments), console, life -> {});
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

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

    private String letters(String source) throws IOException {
        return "file:" + file("dead.jsonl", LETTERS.replace("SOURCE", source) + "{\"half a line");
    }

    @Test
    void dead_letters_are_listed_and_shown_and_stay() throws Exception {
        String box = letters("stdin:");
        for (int i = 0; i < 2; i++) {
            assertThat(run("dlq", "list", box)).isZero();
            assertThat(out())
                    .contains("m1  2026-01-31T12:00:00Z  keep: not JSON at byte 0, attempts 1, 4 bytes")
                    .contains("m2  2026-01-31T12:00:01Z  too \"deep\", attempts 3, 1 bytes")
                    .endsWith("3 entries\n");
        }
        assertThat(run("dlq", "list", box, "--max", "1", "--json")).isZero();
        assertThat(new ObjectMapper().readTree(out()).path("source").asText()).isEqualTo("stdin:");
        assertThat(run("dlq", "show", box, "m1")).isZero();
        assertThat(out()).contains("\"body\":\"oops\"").contains("\"name\":\"a\"");
        assertThat(run("dlq", "show", box, "m9")).isEqualTo(1);
        assertThat(run("dlq", "list", "file:" + folder.resolve("none"))).isEqualTo(1);
        assertThat(err()).contains("cannot be read");
    }

    @Test
    void redriven_letters_are_gone_and_the_others_are_not() throws Exception {
        String target = "file:" + folder.resolve("again.txt");
        String box = letters(target);
        assertThat(run("dlq", "redrive", box, "--id", "m1")).isZero();
        assertThat(out()).isEqualTo("1 redriven\n");
        assertThat(folder.resolve("again.txt")).hasContent("oops");
        assertThat(run("dlq", "redrive", box)).isZero();
        assertThat(out()).isEqualTo("1 redriven\n");
        assertThat(err()).contains("m3 stays: only the head of its body is there");
        assertThat(run("dlq", "list", box)).isZero();
        assertThat(out()).contains("m3").doesNotContain("m1").endsWith("1 entry\n");
        assertThat(run("dlq", "discard", box, "--id", "m3")).isZero();
        assertThat(out()).isEqualTo("1 discarded\n");
        Files.writeString(
                folder.resolve("dead.jsonl"),
                "\n" + LETTERS.lines().findFirst().orElseThrow().replace("m1", "m4") + "\n",
                java.nio.file.StandardOpenOption.APPEND); // as a pipe goes on writing
        assertThat(run("dlq", "list", box)).isZero();
        assertThat(out()).contains("m4").endsWith("1 entry\n");
    }

    @Test
    void what_cannot_be_redriven_stays() throws Exception {
        String box = letters("stdin:");
        assertThat(run("dlq", "redrive", box)).isEqualTo(78);
        assertThat(err()).contains("say --to URI");
        assertThat(run("dlq", "redrive", box, "--to", "http://127.0.0.1:1/x")).isEqualTo(1);
        assertThat(out()).isEqualTo("0 redriven, 2 failed\n");
        assertThat(run("dlq", "redrive", box, "--to", "kafka:")).isEqualTo(78);
        assertThat(run("dlq", "list", box)).isZero();
        assertThat(out()).endsWith("3 entries\n");
    }
}
