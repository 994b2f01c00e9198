package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.Wat;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A module that changes under a running pipe: by itself, by a signal, by the management port. */
class ReloadIT {
    private static final String TOKEN = "s3cr3t-word";

    private final int port = Ports.free();
    private final Path module = Folders.fresh("reload").resolve("word.wasm");

    /** Answers every message with a word. */
    private void write(String word) throws Exception {
        write(word, "(i32.const 0)");
    }

    private void write(String word, String start) throws Exception {
        Files.write(
                module, Wat.module("""
                (module
                  (import "wasmpipes_v1" "emit" (func $emit (param i32 i32)))
                  (memory (export "memory") 1)
                  (data (i32.const 0) "%s")
                  (func (export "on_start") (result i32) %s)
                  (func (export "on_message") (result i32) (call $emit (i32.const 0) (i32.const %d)) (i32.const 0)))
                """.formatted(word, start, word.length())).toArray());
    }

    private PipeProcess pipe(String reload) throws Exception {
        Map<String, String> variables = new HashMap<>();
        variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/words");
        variables.put("SINK_URI", "reply:");
        variables.put("WASM_MODULES", module.toString());
        variables.put("WASM_RELOAD", reload);
        variables.put("MANAGEMENT_HOST", "127.0.0.1");
        variables.put("MANAGEMENT_TOKEN", TOKEN);
        return PipeProcess.start(variables).ready();
    }

    private String answer() throws Exception {
        HttpResponse<String> answer = post(port, "/words", "x");
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private static HttpResponse<String> reload(PipeProcess pipe, String token) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + pipe.managementPort() + "/reload");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(uri)
                            .header("Authorization", "Bearer " + token)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    @Test
    void a_changed_file_takes_over_and_a_broken_one_does_not() throws Exception {
        write("one");
        try (PipeProcess pipe = pipe("100ms")) {
            assertThat(answer()).isEqualTo("one");
            write("second");
            Await.until("the second takes over", () -> answer().equals("second"));
            pipe.says("word reloaded sha256:");
            write("third", "(i32.const 1)");
            Await.until("it is told", () -> pipe.said("the modules that run stay"));
            assertThat(answer()).isEqualTo("second");
            Files.writeString(module, "no module");
            Await.until(
                    "it is told again",
                    () -> pipe.err().stream()
                                    .filter(line -> line.contains("the modules that run stay"))
                                    .count()
                            == 2);
            assertThat(answer()).isEqualTo("second");
            write("fourth");
            Await.until("the fourth takes over", () -> answer().equals("fourth"));
            Await.until(
                    "both are counted",
                    () -> PipeProcess.get(pipe.managementPort(), "/metrics")
                            .body()
                            .contains("wasmpipes_module_reloads_total{pipe=\"pipe\",result=\"ok\"} 2.0"));
        }
    }

    @Test
    void a_signal_and_a_request_with_the_token_reload_too() throws Exception {
        write("one");
        try (PipeProcess pipe = pipe("off")) {
            write("two");
            assertThat(reload(pipe, "other").statusCode()).isEqualTo(401);
            assertThat(answer()).isEqualTo("one");
            HttpResponse<String> done = reload(pipe, TOKEN);
            assertThat(done.statusCode()).isEqualTo(200);
            assertThat(done.body()).contains("{\"reloaded\":[\"word\"]}");
            assertThat(answer()).isEqualTo("two");
            Files.writeString(module, "no module");
            assertThat(reload(pipe, TOKEN).statusCode()).isEqualTo(409);
            write("three");
            assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(pipe.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            Await.until("the third takes over", () -> answer().equals("three"));
        }
    }
}
