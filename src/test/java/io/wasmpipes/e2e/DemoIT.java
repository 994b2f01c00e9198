package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The demos of README.md as they are written there: separate processes, a real nats-server, a real curl. */
class DemoIT {
    private static final String GOB = "0eff81040102ff8200010c010c000022ff8200010c436f6e74656e742d54797065"
            + "106170706c69636174696f6e2f6a736f6e0a0a00077b2278223a317d";

    private final int port = Ports.free();
    private List<PipeProcess> pipes = List.of();

    /** From the last pipe to the first: one that has lost its sink cannot settle what a plain NATS subject gave it. */
    @AfterEach
    void end() throws InterruptedException {
        for (PipeProcess pipe : pipes.reversed()) {
            assertThat(pipe.terminate().exitCode())
                    .as("the exit code of a demo's pipe\n" + String.join("\n", pipe.err()))
                    .isZero();
        }
    }

    @Test
    void a_message_goes_round_between_a_webhook_and_nats() throws Exception {
        try (NatsServer nats = NatsServer.start();
                Nats client = new Nats(nats)) {
            List<String> seen = listen(client.connection(), "sink");
            ReadmeDemo demo = ReadmeDemo.of("Relay", Map.of("9000", port, "4222", nats.port()));
            pipes = demo.start();
            assertThat(demo.post("", "")).isEqualTo("ok\n");
            Await.until("five rounds", () -> seen.size() >= 5);
            String body = "{\"event_type\": \"test\", \"data\": {\"test\": \"test\"}}";
            assertThat(demo.curl()).contains(body);
            assertThat(seen).as("on the wire, not gob").containsOnly(body);
            System.out.println("demo loop: rounds=" + seen.size());
            end();
            pipes = List.of();
        }
    }

    @Test
    void a_message_is_turned_to_upper_case() throws Exception {
        ReadmeDemo demo = ReadmeDemo.of("Transform", Map.of("9000", port));
        pipes = demo.start();
        assertThat(demo.post("", "")).isEqualTo("ok\n");
        assertThat(demo.post("{ \"name\" : \"My message\" }", "all lowercase")).isEqualTo("ok\n");
        assertThat(pipes.getFirst().terminate().exitCode()).isZero();
        assertThat(pipes.getFirst().out()).containsExactly("{ \"NAME\" : \"MY MESSAGE\" }", "ALL LOWERCASE");
    }

    @Test
    void a_name_that_repeats_is_dropped() throws Exception {
        ReadmeDemo demo = ReadmeDemo.of("Filter", Map.of("9000", port));
        pipes = demo.start();
        for (String name : List.of("My", "My", "New", "My", "New", "New")) {
            assertThat(demo.post("My message", name + " message")).isEqualTo("ok\n");
        }
        assertThat(pipes.getFirst().terminate().exitCode()).isZero();
        assertThat(pipes.getFirst().out()).containsExactly(named("My"), named("New"), named("My"), named("New"));
    }

    private static String named(String name) {
        return "{ \"name\" : \"" + name + " message\" }";
    }

    @Test
    void hot_and_cold_part_ways() throws Exception {
        try (NatsServer nats = NatsServer.start();
                Hook hook = Hook.keeping()) {
            ReadmeDemo demo = ReadmeDemo.of("Route", Map.of("9000", port, "4222", nats.port(), "9100", hook.port()));
            pipes = demo.start();
            for (String temperature : List.of("45.0", "30.0", "15.0")) {
                assertThat(demo.post("45.0", temperature)).isEqualTo("ok\n");
            }
            Await.until("one of each", () -> hook.count() >= 2);
            end();
            pipes = List.of();
            assertThat(hook.posts().stream().map(post -> post.query() + " " + post.body()))
                    .containsExactlyInAnyOrder("storage=hot { \"temp\" : 45.0 }", "storage=cold { \"temp\" : 15.0 }");
        }
    }

    @Test
    void a_nats_client_reads_plain_bodies_and_the_gob_of_a_go_pipe_is_understood() throws Exception {
        try (NatsServer nats = NatsServer.start();
                Nats client = new Nats(nats)) {
            List<Message> seen = new CopyOnWriteArrayList<>();
            client.connection().createDispatcher(seen::add).subscribe("out");
            client.connection().flush(Await.PATIENCE);
            Map<String, String> variables = Map.of(
                    "SOURCE_URI", "nats://in",
                    "SINK_URI", "nats://out",
                    "NATS_SERVER_URL", "127.0.0.1:" + nats.port(),
                    "MANAGEMENT_PORT", "off");
            pipes = List.of(PipeProcess.start(variables).ready());
            client.connection().publish("in", "hello".getBytes(StandardCharsets.UTF_8));
            client.connection().publish("in", HexFormat.of().parseHex(GOB));
            Await.until("both", () -> seen.size() == 2);
            assertThat(seen.stream().map(DemoIT::body)).containsExactly("hello", "{\"x\":1}");
            assertThat(seen.getLast().getHeaders().getFirst("Content-Type")).isEqualTo("application/json");
            end();
            pipes = List.of();
        }
    }

    private static List<String> listen(Connection client, String subject) throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        Dispatcher dispatcher = client.createDispatcher(message -> seen.add(body(message)));
        dispatcher.subscribe(subject);
        client.flush(Await.PATIENCE);
        return seen;
    }

    private static String body(Message message) {
        return new String(message.getData(), StandardCharsets.UTF_8);
    }
}
