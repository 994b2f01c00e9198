package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Message;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.Wat;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The credentials of a request end at the source: no guest, sink, dead letter, log or page sees them. */
class SecretsIT {
    private static final String SECRET = "pl4nted";
    private static final String TOKEN = SECRET + "-token";
    private static final String ORDINARY = "for all to see";

    /** Emits the headers that it is given, or gives them as the reason of a refusal. */
    private static final String GUEST = """
            (module
              (import "wasmpipes_v1" "input_read" (func $input_read (param i32 i32 i32) (result i32)))
              (import "wasmpipes_v1" "header_list" (func $header_list (param i32 i32) (result i32)))
              (import "wasmpipes_v1" "fail" (func $fail (param i32 i32)))
              (import "wasmpipes_v1" "emit" (func $emit (param i32 i32)))
              (memory (export "memory") 2)
              (func (export "on_message") (result i32) (local $length i32)
                (drop (call $input_read (i32.const 0) (i32.const 0) (i32.const 1)))
                (local.set $length (call $header_list (i32.const 1024) (i32.const 65536)))
                (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 98)) (then
                  (call $fail (i32.const 1024) (local.get $length))
                  (return (i32.const 1))))
                (call $emit (i32.const 1024) (local.get $length))
                (i32.const 0)))
            """;

    @TempDir
    private Path folder;

    private final int port = Ports.free();
    private final int management = Ports.free();

    @Test
    void credentials_of_a_request_go_nowhere() throws Exception {
        Path dead = folder.resolve("dead.jsonl");
        Path module = Files.write(folder.resolve("tell.wasm"), Wat.module(GUEST).toArray());
        try (NatsServer nats = NatsServer.start();
                Nats client = new Nats(nats)) {
            List<Message> seen = new CopyOnWriteArrayList<>();
            client.connection().createDispatcher(seen::add).subscribe("out");
            client.connection().flush(Await.PATIENCE);
            Map<String, String> variables = Map.of(
                    "SOURCE_URI",
                    "http://:" + port + "/events",
                    "SOURCE_HTTP_TOKEN",
                    TOKEN,
                    "SINK_URI",
                    "nats://out",
                    "NATS_SERVER_URL",
                    "nats://me:" + SECRET + "-password@127.0.0.1:" + nats.port(),
                    "DEAD_LETTER_URI",
                    "file:" + dead,
                    "WASM_MODULES",
                    module.toString(),
                    "MANAGEMENT_PORT",
                    Integer.toString(management),
                    "LOG_LEVEL",
                    "trace");
            try (PipeProcess process = PipeProcess.start(variables).ready()) {
                assertThat(post("good")).isEqualTo(200);
                assertThat(post("bad")).isEqualTo(200);
                Await.until("the good one", () -> !seen.isEmpty());
                String pages = get(management, "/metrics").body()
                        + get(management, "/info").body()
                        + get(management, "/healthz/readiness").body();
                assertThat(process.terminate().exitCode()).isZero();
                String letters = Files.readString(dead);
                String log = String.join("\n", process.err());
                assertThat(wire(seen)).contains(ORDINARY).doesNotContain(SECRET);
                assertThat(letters).contains(ORDINARY).doesNotContain(SECRET);
                assertThat(log).contains(" TRACE ", " DEBUG ").doesNotContain(SECRET);
                assertThat(log).as("headers do not belong into logs").doesNotContain(ORDINARY);
                assertThat(pages).contains("wasmpipes_build_info").doesNotContain(SECRET);
                assertThat(process.out()).isEmpty();
            }
        }
    }

    private int post(String body) {
        return PipeProcess.send(PipeProcess.request(port, "/events")
                        .header("Authorization", "Bearer " + TOKEN)
                        .header("Cookie", "sid=" + SECRET + "-cookie")
                        .header("Proxy-Authorization", "Basic " + SECRET + "-proxy")
                        .header("Set-Cookie", "sid=" + SECRET + "-set")
                        .header("X-Ordinary", ORDINARY)
                        .POST(BodyPublishers.ofString(body)))
                .statusCode();
    }

    private static String wire(List<Message> messages) {
        StringBuilder all = new StringBuilder();
        for (Message message : messages) {
            all.append(new String(message.getData(), StandardCharsets.UTF_8))
                    .append(message.getHeaders().entrySet());
        }
        return all.toString();
    }
}
