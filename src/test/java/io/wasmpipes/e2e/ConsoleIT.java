package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.get;
import static io.wasmpipes.support.PipeProcess.post;
import static io.wasmpipes.support.PipeProcess.request;
import static io.wasmpipes.support.PipeProcess.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The management port as people use it: by the console in a real browser, by programs, and by {@code tap}. */
class ConsoleIT {
    private static final String SECRET = "pl4nted";
    private static final String TOKEN = SECRET + "-token";
    private static final Path SCRIPT = Path.of("src/test/console");
    private static final Path MODULES = Path.of("target/console");
    private static final Path SHOTS = Path.of("target/screenshots");

    @TempDir
    private Path folder;

    private final int port = Ports.free();

    private Map<String, String> variables(Hook hook) throws IOException {
        Path module = Files.copy(Path.of("modules/filter/filter.wasm"), folder.resolve("keep.wasm"));
        Map<String, String> variables = new HashMap<>();
        variables.put("PIPE_NAME", "orders");
        variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/events");
        variables.put("SINK_URI", "http://user:" + SECRET + "-password@127.0.0.1:" + hook.port() + "/hook");
        variables.put("WASM_MODULES", "keep");
        variables.put("MODULE_KEEP_URI", module.toString());
        variables.put("MODULE_KEEP_CONFIG_EXPR", ".temp > 20");
        variables.put("MODULE_KEEP_CONFIG_TOKEN", SECRET + "-config");
        variables.put("WASM_HTTP_SECRETS", "api.example.com Authorization: Bearer " + SECRET);
        variables.put("DEAD_LETTER_URI", "file:" + folder.resolve("dead.jsonl"));
        variables.put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
        variables.put("MANAGEMENT_TOKEN", TOKEN);
        return variables;
    }

    /** The driver of the browser, from npm. */
    private static void install() throws Exception {
        Files.createDirectories(MODULES);
        Files.createDirectories(SHOTS);
        Path wanted = SCRIPT.resolve("package.json");
        Path installed = MODULES.resolve("package.json");
        if (Files.exists(installed) && Files.mismatch(wanted, installed) < 0) {
            return;
        }
        Files.deleteIfExists(installed);
        Files.copy(wanted, installed);
        Command npm = Command.run(MODULES, Map.of(), List.of("npm", "install", "--no-audit", "--no-fund", "--silent"));
        assertThat(npm.exit()).as(npm.said()).isZero();
    }

    @Test
    void a_browser_shows_what_flows_tries_a_message_and_redrives_a_dead_letter() throws Exception {
        install();
        try (Hook hook = Hook.keeping();
                PipeProcess pipe = PipeProcess.start(variables(hook)).ready()) {
            Map<String, String> round = Map.of(
                    "console",
                    "http://127.0.0.1:" + pipe.managementPort() + "/",
                    "source",
                    "http://127.0.0.1:" + port + "/events",
                    "token",
                    TOKEN,
                    "secret",
                    SECRET,
                    "module",
                    folder.resolve("keep.wasm").toString(),
                    "mended",
                    Path.of("modules/uppercase/uppercase.wasm").toAbsolutePath().toString(),
                    "modules",
                    MODULES.toAbsolutePath().toString(),
                    "shots",
                    SHOTS.toAbsolutePath().toString());
            String script = SCRIPT.resolve("console.mjs").toAbsolutePath().toString();
            Command browser =
                    Command.run(folder, Map.of(), List.of("node", script, new JsonMapper().writeValueAsString(round)));
            assertThat(browser.exit()).as(browser.said()).isZero();
            Await.until(
                    "the redriven letter",
                    () -> hook.posts().stream().anyMatch(each -> each.body().equals("OOPS")));
            assertThat(hook.posts())
                    .filteredOn(each -> each.body().equals("OOPS"))
                    .hasSize(1);
            HttpResponse<String> elsewhere = act(
                    pipe.managementPort(), "/dead-letters/redrive", TOKEN, "{\"ids\":[\"x\"],\"to\":\"file:/tmp/x\"}");
            assertThat(elsewhere.statusCode()).isEqualTo(409);
            assertThat(elsewhere.body()).contains("must have the scheme of an end of this pipe: [http]");
            assertThat(act(pipe.managementPort(), "/try", TOKEN, "no JSON").statusCode())
                    .isEqualTo(400);
            assertThat(SHOTS).isDirectoryContaining("glob:**/{desktop-light,desktop-dark,phone}.png");
            assertThat(get(pipe.managementPort(), "/metrics").body()).doesNotContain(SECRET);
            assertThat(String.join("\n", pipe.err())).doesNotContain(SECRET);
            assertThat(folder.resolve("dead.jsonl")).content().contains("oops").doesNotContain(SECRET);
        }
    }

    @Test
    void bodies_and_actions_need_a_token_that_is_set() throws Exception {
        try (Hook hook = Hook.keeping()) {
            Map<String, String> variables = variables(hook);
            variables.remove("MANAGEMENT_TOKEN");
            try (PipeProcess pipe = PipeProcess.start(variables).ready()) {
                int management = pipe.managementPort();
                assertThat(get(management, "/access").body())
                        .contains("\"look\":true")
                        .contains("\"act\":false");
                assertThat(get(management, "/config").body())
                        .contains("MODULE_KEEP_CONFIG_EXPR")
                        .doesNotContain(SECRET);
                assertThat(get(management, "/dead-letters").statusCode()).isEqualTo(200);
                for (String path : List.of("/dead-letters?id=x", "/tap?bodies=true")) {
                    assertThat(get(management, path).statusCode()).as(path).isEqualTo(403);
                }
                for (String path : List.of("/reload", "/try", "/dead-letters/redrive")) {
                    assertThat(act(management, path, "any", "{}").statusCode())
                            .as(path)
                            .isEqualTo(403);
                }
            }
        }
    }

    private static HttpResponse<String> act(int management, String path, String token, String body) {
        return send(request(management, path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void tap_shows_what_each_module_makes_of_a_message() throws Exception {
        try (Hook hook = Hook.keeping();
                PipeProcess pipe = PipeProcess.start(variables(hook)).ready()) {
            String url = "http://127.0.0.1:" + pipe.managementPort();
            AtomicBoolean seen = new AtomicBoolean();
            Thread sender = Thread.ofVirtual().start(() -> {
                while (!seen.get()) {
                    assertThat(post(port, "/events", "{\"temp\":45}").statusCode())
                            .isEqualTo(200);
                }
            });
            try {
                Command shown = tap(Map.of("MANAGEMENT_TOKEN", TOKEN), "--url", url, "--bodies", "--count", "2");
                assertThat(shown.exit()).as(shown.said()).isZero();
                assertThat(shown.said())
                        .contains("11 bytes", "    {\"temp\":45}", "  keep  ", "1 output", "  → sink http://", "done, ")
                        .doesNotContain(SECRET);
                Command plain = tap(Map.of("MANAGEMENT_TOKEN", TOKEN), "--url", url, "--json", "--count", "1");
                assertThat(plain.said()).contains("\"output_count\":1").doesNotContain("body");
            } finally {
                seen.set(true);
                sender.join();
            }
            Command refused = tap(Map.of("MANAGEMENT_TOKEN", "wrong"), "--url", url);
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.said()).contains("401: MANAGEMENT_TOKEN is required");
            Command nobody = tap(Map.of(), "--url", "http://127.0.0.1:" + Ports.free());
            assertThat(nobody.exit()).isEqualTo(1);
            assertThat(nobody.said()).contains("nothing answers at http://127.0.0.1:");
        }
    }

    private Command tap(Map<String, String> variables, String... options) throws Exception {
        List<String> arguments =
                Stream.concat(Stream.of("tap"), Arrays.stream(options)).toList();
        try (PipeProcess process = PipeProcess.start(variables, List.of(), arguments)) {
            int exit = process.exitCode();
            return new Command(exit, String.join("\n", process.out()) + String.join("\n", process.err()));
        }
    }
}
