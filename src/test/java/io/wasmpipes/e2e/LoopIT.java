package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A message that goes round between two pipes is told of, and with HOP_LIMIT it ends as a dead letter. */
class LoopIT {
    private static Map<String, String> pipe(NatsServer nats, String name, String source, String sink) {
        Map<String, String> variables = new HashMap<>();
        variables.put("PIPE_NAME", name);
        variables.put("SOURCE_URI", source);
        variables.put("SINK_URI", sink);
        variables.put("NATS_SERVER_URL", nats.url());
        variables.put("MANAGEMENT_HOST", "127.0.0.1");
        return variables;
    }

    @Test
    void a_loop_over_http_and_nats_ends_at_the_limit() throws Exception {
        int port = Ports.free();
        Path dead = Folders.fresh("loop").resolve("dead.jsonl");
        try (NatsServer nats = NatsServer.start()) {
            Map<String, String> back = pipe(nats, "back", "nats://round", "http://127.0.0.1:" + port + "/events");
            back.put("HOP_LIMIT", "20");
            back.put("DEAD_LETTER_URI", "file:" + dead);
            try (PipeProcess first = PipeProcess.start(
                                    pipe(nats, "on", "http://127.0.0.1:" + port + "/events", "nats://round"))
                            .ready();
                    PipeProcess second = PipeProcess.start(back).ready()) {
                assertThat(post(port, "/events", "round and round").statusCode())
                        .isEqualTo(200);
                Await.until("the end of the loop", () -> Files.exists(dead) && Files.size(dead) > 0);
                assertThat(Files.readString(dead))
                        .contains("has passed 21 pipes, HOP_LIMIT allows 20: is there a loop?");
                first.says("a message has passed 16 pipes: is there a loop?");
                assertThat(PipeProcess.get(second.managementPort(), "/metrics").body())
                        .contains("wasmpipes_hops_suspicious_total{pipe=\"back\"} 3.0"); // 17, 19, 21
                assertThat(second.terminate().exitCode()).isZero();
                assertThat(first.terminate().exitCode()).isZero();
            }
        } finally {
            Folders.delete(dead.getParent());
        }
    }
}
