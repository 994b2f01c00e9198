package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Two processes of one pipe on one source. */
class SharedSourceIT {
    private static final Pattern RECEIVED = Pattern.compile("wasmpipes_messages_received_total\\{[^}]*} ([0-9.E]+)");

    private static PipeProcess start(NatsServer server, FaultProxy sink, String source) {
        Map<String, String> variables = new HashMap<>();
        variables.put("SOURCE_URI", source);
        variables.put("SINK_URI", "jetstream://OUT?subject=out.number");
        variables.put("NATS_SERVER_URL", server.url());
        variables.put("SINK_NATS_SERVER_URL", "nats://127.0.0.1:" + sink.port());
        variables.put("WASM_MODULES", "uppercase.wasm");
        variables.put("MAX_IN_FLIGHT", "100");
        variables.put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
        return PipeProcess.start(variables);
    }

    private static double received(PipeProcess pipe) {
        Matcher line = RECEIVED.matcher(
                PipeProcess.get(pipe.managementPort(), "/metrics").body());
        return line.find() ? Double.parseDouble(line.group(1)) : 0;
    }

    @Test
    void two_on_one_durable_share_the_load_and_the_survivor_takes_over() throws Exception {
        try (NatsServer server = NatsServer.start();
                Nats nats = new Nats(server);
                FaultProxy sink = FaultProxy.before(server.port())) {
            nats.stream("IN", "in.>");
            nats.stream("OUT", "out.>");
            sink.delay(Duration.ofMillis(20));
            String source = "jetstream://IN?durable=pipe&ack_wait=2s";
            try (StreamFeed feed = new StreamFeed(nats, "OUT", 6000);
                    PipeProcess one = start(server, sink, source).ready();
                    PipeProcess other = start(server, sink, source).ready()) {
                feed.start(16);
                Await.until("both work", () -> received(one) > 500 && received(other) > 500);
                System.out.println(
                        "shared durable: received by one " + received(one) + ", by the other " + received(other));
                one.kill();
                long inHand = nats.consumer("IN", "pipe").getNumAckPending();
                Set<Integer> missing = new HashSet<>(feed.finish());
                Await.until("the survivor takes over, stderr: " + other.err(), () -> {
                    nats.bodies("OUT", "out.>").forEach(body -> missing.remove(Feed.number(body)));
                    return missing.isEmpty();
                });
                System.out.println("shared durable: unsettled at the kill " + inHand + ", at the sink "
                        + nats.count("OUT") + ", lost " + missing.size());
                assertThat(inHand).isPositive();
            }
        }
    }

    @Test
    void two_in_one_queue_group_share_the_load() throws Exception {
        try (NatsServer server = NatsServer.start();
                Nats nats = new Nats(server);
                FaultProxy sink = FaultProxy.before(server.port())) {
            nats.stream("OUT", "out.>");
            String source = "nats://in.number?queue=workers";
            try (PipeProcess one = start(server, sink, source).ready();
                    PipeProcess other = start(server, sink, source).ready()) {
                for (int i = 0; i < 2000; i++) {
                    nats.connection().publish("in.number", Feed.body(i).getBytes(StandardCharsets.UTF_8));
                }
                Await.until("all arrive", () -> nats.count("OUT") >= 2000);
                List<Integer> seen =
                        nats.bodies("OUT", "out.>").stream().map(Feed::number).toList();
                System.out.println(
                        "queue group: received by one " + received(one) + ", by the other " + received(other));
                assertThat(seen).hasSize(2000).doesNotHaveDuplicates();
                assertThat(received(one) + received(other)).isEqualTo(2000);
                assertThat(Math.min(received(one), received(other))).isGreaterThan(200);
            }
        }
    }
}
