package io.wasmpipes.app;

import static io.wasmpipes.support.PipeProcess.get;
import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The packaged process, as a newcomer meets it. */
class QuickStartIT {
    private final int port = Ports.free();

    private Map<String, String> pipe(String... more) {
        Map<String, String> variables = new HashMap<>(
                Map.of("SOURCE_URI", "http://:" + port + "/events", "MANAGEMENT_PORT", Integer.toString(Ports.free())));
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return variables;
    }

    @Test
    void hello_goes_to_stdout_and_the_sender_hears_ok() throws InterruptedException {
        try (PipeProcess process = PipeProcess.start(pipe()).ready()) {
            HttpResponse<String> answer = post(port, "/events", "hello");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("ok\n");
            assertThat(process.terminate().exitCode()).isZero();
            assertThat(process.out()).containsExactly("hello");
            assertThat(String.join("\n", process.err()))
                    .contains("ready http://:" + port + "/events → stdout, management :")
                    .contains("drained");
        }
    }

    @Test
    void a_shipped_module_is_found_from_anywhere() throws InterruptedException {
        try (PipeProcess process =
                PipeProcess.start(pipe("WASM_MODULES", "uppercase.wasm")).ready()) {
            assertThat(post(port, "/events", "hello").statusCode()).isEqualTo(200);
            assertThat(process.terminate().exitCode()).isZero();
            assertThat(process.out()).containsExactly("HELLO");
        }
    }

    @Test
    void a_function_answers_with_what_the_modules_made() throws InterruptedException {
        Map<String, String> function = pipe("WASM_MODULES", "uppercase.wasm", "SINK_URI", "reply:");
        try (PipeProcess process = PipeProcess.start(function).ready()) {
            HttpResponse<String> answer = post(port, "/events", "hello");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("HELLO");
            assertThat(process.terminate().exitCode()).isZero();
            assertThat(process.out()).isEmpty();
        }
    }

    @Test
    void the_management_port_tells_health_metrics_and_what_this_is() throws InterruptedException {
        Map<String, String> variables = pipe("MANAGEMENT_TOKEN", "t0ken", "PIPE_NAME", "p1");
        try (PipeProcess process = PipeProcess.start(variables).ready()) {
            int management = process.managementPort();
            assertThat(post(port, "/events", "x").statusCode()).isEqualTo(200);
            for (String probe : new String[] {"/healthz/liveness", "/healthz/readiness", "/health/readiness"}) {
                assertThat(get(management, probe).statusCode()).as(probe).isEqualTo(200);
                assertThat(get(port, probe).body()).as(probe).isEqualTo("ok\n");
            }
            assertThat(get(management, "/healthz/readiness").body()).contains("\"status\":\"up\"");
            assertThat(get(management, "/metrics").body())
                    .contains("wasmpipes_messages_received_total{pipe=\"p1\"} 1.0")
                    .contains("wasmpipes_in_flight_messages{pipe=\"p1\"} 0.0");
            assertThat(get(management, "/prometheus").body()).contains("wasmpipes_build_info{");
            assertThat(get(management, "/info").statusCode()).isEqualTo(401);
            HttpResponse<String> info =
                    PipeProcess.send(PipeProcess.request(management, "/info").header("Authorization", "Bearer t0ken"));
            assertThat(info.body()).contains("\"pipe\":\"p1\"", "\"version\":", "\"source\":\"http://:" + port);
            assertThat(get(port, "/metrics").statusCode()).isEqualTo(404);
            assertThat(get(management, "/events").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void every_mistake_is_told_at_once_and_the_exit_code_is_78() throws InterruptedException {
        Map<String, String> wrong = pipe("SINK_URL", "x", "WORKERS", "0", "SINK_URI", "htp://x");
        try (PipeProcess process = PipeProcess.start(wrong)) {
            assertThat(process.exitCode()).isEqualTo(78);
            assertThat(String.join("\n", process.err()))
                    .contains("SINK_URL", "did you mean SINK_URI", "WORKERS", "htp")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void a_missing_module_is_told_with_what_there_is() throws InterruptedException {
        try (PipeProcess process = PipeProcess.start(pipe("WASM_MODULES", "nosuch.wasm"))) {
            assertThat(process.exitCode()).isEqualTo(78);
            assertThat(String.join("\n", process.err())).contains("nosuch.wasm").doesNotContain("\tat ");
        }
    }

    @Test
    void a_management_port_that_was_asked_for_and_is_taken_is_an_error() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            String number = Integer.toString(taken.getLocalPort());
            try (PipeProcess process = PipeProcess.start(pipe("MANAGEMENT_PORT", number))) {
                assertThat(process.exitCode()).isEqualTo(78);
                assertThat(process.said("MANAGEMENT_PORT")).isTrue();
            }
        }
    }

    @Test
    void a_default_management_port_that_is_taken_is_replaced_by_a_free_one() throws InterruptedException {
        Map<String, String> first = pipe();
        first.remove("MANAGEMENT_PORT");
        Map<String, String> second = new HashMap<>(first);
        second.put("SOURCE_URI", "http://:" + Ports.free() + "/events");
        try (PipeProcess one = PipeProcess.start(first).ready();
                PipeProcess other = PipeProcess.start(second).ready()) {
            assertThat(other.managementPort()).isNotEqualTo(one.managementPort());
            assertThat(get(other.managementPort(), "/healthz/readiness").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_process_that_leaves_is_unready_and_closes_connections_and_exits_0() throws InterruptedException {
        try (PipeProcess process =
                PipeProcess.start(pipe("SHUTDOWN_DELAY", "5s")).ready()) {
            int management = process.managementPort();
            process.terminate();
            Await.until("unready", () -> get(management, "/healthz/readiness").statusCode() == 503);
            HttpResponse<String> answer = post(port, "/events", "late");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("connection")).contains("close");
            assertThat(process.exitCode()).isZero();
            assertThat(process.out()).containsExactly("late");
        }
    }

    @Test
    void an_env_file_is_read_and_the_environment_wins() throws IOException, InterruptedException {
        Path file = Folders.fresh("env").resolve("in.env");
        Files.writeString(file, "SOURCE_URI=http://:1/no\nPIPE_NAME=fromfile\n");
        try (PipeProcess process = PipeProcess.start(pipe(), List.of(), List.of("run", "--env-file", file.toString()))
                .ready()) {
            assertThat(get(process.managementPort(), "/info").body()).contains("fromfile", ":" + port + "/events");
        }
    }

    @Test
    void json_logs_are_one_object_per_line() throws InterruptedException {
        try (PipeProcess process = PipeProcess.start(pipe("LOG_FORMAT", "json")).ready()) {
            assertThat(process.terminate().exitCode()).isZero();
            assertThat(process.err()).allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("}"));
        }
    }

    @Test
    void version_and_help_are_told_on_stdout() throws InterruptedException {
        try (PipeProcess version = PipeProcess.start(Map.of(), List.of(), List.of("version"));
                PipeProcess wrong = PipeProcess.start(Map.of(), List.of(), List.of("frobnicate"))) {
            assertThat(version.exitCode()).isZero();
            assertThat(version.out().getFirst()).startsWith("wasm-pipes ");
            assertThat(wrong.exitCode()).isEqualTo(2);
        }
    }
}
