package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A module that rejected too much is mended, and what it rejected goes through it again: none lost, none twice. */
class RedriveIT {
    private static final Path TREE = Path.of("").toAbsolutePath();
    private static final int COUNT = 500;

    private static String url(NatsServer nats) {
        return nats.url();
    }

    private Map<String, String> pipe(NatsServer nats, String expression) {
        Map<String, String> variables = new HashMap<>();
        variables.put("NATS_SERVER_URL", url(nats));
        variables.put("SOURCE_URI", "jetstream://IN?durable=pipe");
        variables.put("SINK_URI", "jetstream://OUT?subject=out");
        variables.put("DEAD_LETTER_URI", "jetstream://DEAD?subject=dead");
        variables.put("DEAD_LETTER_LIMIT", "off");
        variables.put("WASM_MODULES", "map");
        variables.put("MODULE_MAP_CONFIG_EXPR", expression);
        variables.put("MANAGEMENT_PORT", "off");
        return variables;
    }

    private static Command dlq(NatsServer nats, String... words) {
        List<String> command =
                new ArrayList<>(List.of(TREE.resolve("wasm-pipes").toString(), "dlq"));
        command.addAll(List.of(words));
        return Command.run(TREE, Map.of("NATS_SERVER_URL", url(nats)), command);
    }

    @Test
    void poisoned_messages_flow_again_when_the_module_is_mended() throws Exception {
        try (NatsServer server = NatsServer.start();
                Nats nats = new Nats(server)) {
            JetStreamManagement manager = nats.connection().jetStreamManagement();
            for (String name : List.of("in", "out", "dead")) {
                manager.addStream(StreamConfiguration.builder()
                        .name(name.toUpperCase(java.util.Locale.ROOT))
                        .subjects(name)
                        .duplicateWindow(Duration.ofMinutes(2))
                        .build());
            }
            JetStream stream = nats.connection().jetStream();
            for (int i = 0; i < COUNT; i++) {
                stream.publish("in", ("{\"n\":" + i + "}").getBytes(StandardCharsets.UTF_8));
            }
            try (PipeProcess broken = PipeProcess.start(pipe(server, "if .n % 2 == 0 then .n else error(\"odd\") end"))
                    .ready()) {
                Await.until(
                        "half are dead",
                        () -> count(manager, "DEAD") == COUNT / 2 && count(manager, "OUT") == COUNT / 2);
                assertThat(broken.terminate().exitCode()).isZero();
            }
            assertThat(dlq(server, "list", "jetstream://DEAD?durable=dlq", "--max", "1", "--wait", "2s")
                            .said())
                    .contains("map: odd, attempts 1")
                    .endsWith("1 entry\n");
            try (PipeProcess mended = PipeProcess.start(pipe(server, ".n")).ready()) {
                Command redriven = dlq(
                        server,
                        "redrive",
                        "jetstream://DEAD?durable=dlq",
                        "--to",
                        "jetstream://IN?subject=in",
                        "--wait",
                        "2s");
                assertThat(redriven.said()).isEqualTo(COUNT / 2 + " redriven\n");
                Await.until("all are through", () -> count(manager, "OUT") >= COUNT);
                assertThat(mended.terminate().exitCode()).isZero();
            }
            assertThat(nats.bodies("OUT", "out"))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, COUNT)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(count(manager, "DEAD")).isEqualTo(COUNT / 2); // a stream keeps what is acknowledged
            assertThat(dlq(server, "list", "jetstream://DEAD?durable=dlq", "--wait", "2s")
                            .said())
                    .isEqualTo("0 entries\n");
        }
    }

    private static long count(JetStreamManagement manager, String stream) throws Exception {
        return manager.getStreamInfo(stream).getStreamState().getMsgCount();
    }
}
