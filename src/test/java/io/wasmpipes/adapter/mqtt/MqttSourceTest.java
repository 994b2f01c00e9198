package io.wasmpipes.adapter.mqtt;

import static io.wasmpipes.adapter.mqtt.MqttEnds.settle;
import static io.wasmpipes.adapter.mqtt.MqttEnds.take;
import static io.wasmpipes.adapter.mqtt.MqttEnds.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import io.wasmpipes.Delivery;
import io.wasmpipes.Limits;
import io.wasmpipes.Outcome;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.Mosquitto;
import io.wasmpipes.support.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What comes, how much of it, and what comes again; and logging in. */
class MqttSourceTest extends MqttBroker {
    private static void publish(String topic, MqttQos qos, String... bodies) {
        for (String body : bodies) {
            raw.publishWith()
                    .topic(topic)
                    .qos(qos)
                    .payload(body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .send();
        }
    }

    @Test
    void a_source_reads_filters_and_its_key_is_the_topic() throws Exception {
        try (Source source = MqttEnds.source(uri("r/+/t/#") + "?client_id=r1", Limits.DEFAULT)) {
            source.connect();
            publish("r/1/t/x", MqttQos.AT_LEAST_ONCE, "a");
            publish("r/2/t", MqttQos.EXACTLY_ONCE, "b");
            publish("r/2/u", MqttQos.AT_LEAST_ONCE, "no");
            List<Delivery> both = take(source, 2);
            assertThat(both.stream().map(d -> d.message().key())).containsExactly("r/1/t/x", "r/2/t");
            settle(source, both, Settlement.Done.SILENT);
        }
    }

    @Test
    void what_is_handed_back_comes_before_what_was_behind_it_and_counts() throws Exception {
        try (Source source = MqttEnds.source(uri("r/3?client_id=r3"), Limits.DEFAULT)) {
            source.connect();
            publish("r/3", MqttQos.AT_LEAST_ONCE, "0", "1", "2", "3");
            List<Delivery> all = take(source, 4);
            settle(source, all.subList(0, 1), Settlement.Done.SILENT);
            settle(source, all.subList(1, 2), new Settlement.Retry(Duration.ZERO, new IllegalStateException("again")));
            assertThat(all.subList(2, 4)).noneMatch(Delivery::live);
            publish("r/3", MqttQos.AT_LEAST_ONCE, "4");
            List<Delivery> again = take(source, 4);
            assertThat(texts(again)).containsExactly("1", "2", "3", "4");
            assertThat(again.stream().map(Delivery::attempt)).containsExactly(2, 1, 1, 1);
            settle(source, again, Settlement.Done.SILENT);
        }
    }

    @Test
    void members_of_a_share_get_each_message_once() throws Exception {
        try (Source one = MqttEnds.source(uri("r/4?client_id=s1&share=g"), Limits.DEFAULT);
                Source two = MqttEnds.source(uri("r/4?client_id=s2&share=g"), Limits.DEFAULT)) {
            one.connect();
            two.connect();
            publish("r/4", MqttQos.AT_LEAST_ONCE, "0", "1", "2", "3");
            List<String> seen = new java.util.ArrayList<>();
            io.wasmpipes.support.Await.until("all have come", () -> {
                for (Source source : List.of(one, two)) {
                    List<Delivery> taken = source.receive(MqttEnds.ANY);
                    seen.addAll(texts(taken));
                    settle(source, taken, Settlement.Done.SILENT);
                }
                return seen.size() >= 4;
            });
            assertThat(seen).containsExactlyInAnyOrder("0", "1", "2", "3");
        }
    }

    @Test
    void the_receive_maximum_bounds_what_is_unacknowledged() throws Exception {
        try (Source source = MqttEnds.source(uri("r/5?client_id=r5&receive_maximum=3"), Limits.DEFAULT)) {
            source.connect();
            publish("r/5", MqttQos.AT_LEAST_ONCE, "0", "1", "2", "3", "4");
            List<Delivery> three = take(source, 3);
            assertThat(source.receive(MqttEnds.ANY)).isEmpty();
            settle(source, three, Settlement.Done.SILENT);
            Set<String> rest = new HashSet<>(); // with the first ones if the server has overrun the maximum
            while (!rest.containsAll(Set.of("3", "4"))) {
                List<Delivery> some = take(source, 1);
                rest.addAll(texts(some));
                settle(source, some, Settlement.Done.SILENT);
            }
        }
    }

    @Test
    void what_has_quality_0_is_dropped_above_the_room_and_what_is_kept_is_not() throws Exception {
        Limits small = new Limits(100, 1000, 8L << 20, 100, Duration.ofHours(1));
        try (Source source = MqttEnds.source(uri("r/6?client_id=r6"), small)) {
            source.connect();
            for (int i = 0; i < 2000; i++) {
                publish("r/6", MqttQos.AT_MOST_ONCE, "0".repeat(100));
            }
            publish("r/6", MqttQos.AT_LEAST_ONCE, "kept");
            List<Delivery> taken = new java.util.ArrayList<>();
            io.wasmpipes.support.Await.until("the kept one comes", () -> {
                taken.addAll(source.receive(MqttEnds.ANY));
                return texts(taken).contains("kept");
            });
            assertThat(taken.size()).isLessThan(1000); // what came while nobody took: all but ten are gone
            settle(source, taken, Settlement.Done.SILENT);
        }
    }

    @Test
    void a_replaced_password_is_used_at_the_next_connect() throws Exception {
        Path folder = Folders.fresh("mqtt-login");
        Path users = Files.writeString(folder.resolve("users"), "");
        Process made = new ProcessBuilder("mosquitto_passwd", "-b", users.toString(), "me", "right")
                .redirectErrorStream(true)
                .start();
        assertThat(made.waitFor()).isZero();
        try (Mosquitto closed = Mosquitto.start("allow_anonymous false", "password_file " + users)) {
            for (String version : List.of("5", "3")) {
                Map<String, String> variables = new HashMap<>(Map.of("MQTT_USER", "me", "MQTT_PASSWORD", "wr0ng"));
                String uri = "mqtt://127.0.0.1:" + closed.port() + "/a?version=" + version;
                try (Sink sink = MqttEnds.sink(uri, variables)) {
                    assertThatThrownBy(sink::connect)
                            .isInstanceOf(TransientException.class)
                            .hasMessageContaining("refuses the credentials")
                            .hasMessageNotContaining("wr0ng");
                    variables.put("MQTT_PASSWORD", "right");
                    sink.connect();
                }
            }
        }
    }

    @Test
    void a_connection_is_encrypted_and_its_server_must_be_trusted() throws Exception {
        Pem.Pair pair = Pem.selfSigned(Folders.fresh("mqtt-tls"), "server");
        String certificate = pair.certificate().toString();
        try (Mosquitto secure =
                Mosquitto.start("allow_anonymous true", "certfile " + certificate, "keyfile " + pair.key())) {
            String uri = "mqtts://localhost:" + secure.port() + "/a";
            try (Sink sink = MqttEnds.sink(uri, Map.of())) {
                assertThatThrownBy(sink::connect)
                        .isInstanceOf(TransientException.class)
                        .hasMessageContaining("localhost:" + secure.port());
            }
            try (Sink sink = MqttEnds.sink(uri, Map.of("TLS_CA_FILE", certificate))) {
                sink.connect();
                assertThat(sink.send(List.of(message("x"))).await()).containsExactly(Outcome.Confirmed.YES);
            }
        }
    }

    /** mosquitto 2.0.11 sends more than the receive maximum when messages come while a session is resumed. */
    @Test
    void everything_comes_from_a_server_that_overruns_the_receive_maximum() throws Exception {
        String[] bodies = IntStream.range(0, 300).mapToObj(Integer::toString).toArray(String[]::new);
        try (FaultProxy proxy = FaultProxy.before(server.port());
                Source source = MqttEnds.source(
                        "mqtt://127.0.0.1:" + proxy.port() + "/over/run?client_id=o1&receive_maximum=2",
                        Limits.DEFAULT)) {
            source.connect();
            Thread feeder = Thread.ofVirtual().start(() -> publish("over/run", MqttQos.AT_LEAST_ONCE, bodies));
            Set<String> seen = new HashSet<>();
            for (int i = 0; seen.size() < bodies.length; i++) {
                List<Delivery> some = take(source, 1);
                seen.addAll(texts(some));
                if (i % 10 == 5) {
                    proxy.cut();
                }
                settle(source, some, Settlement.Done.SILENT);
            }
            feeder.join();
        }
    }
}
