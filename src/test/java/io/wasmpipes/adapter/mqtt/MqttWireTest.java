package io.wasmpipes.adapter.mqtt;

import static io.wasmpipes.adapter.mqtt.MqttEnds.take;
import static io.wasmpipes.adapter.mqtt.MqttEnds.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.wasmpipes.Header;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.support.Await;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a sink writes and a source reads, seen by HiveMQ's client itself. */
class MqttWireTest extends MqttBroker {
    /** What a raw subscriber gets from a sink. */
    private static Mqtt5Publish sent(String topic, String options, Message message) throws Exception {
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = raw.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
            raw.subscribeWith().topicFilter(topic).qos(MqttQos.EXACTLY_ONCE).send();
            try (Sink sink = MqttEnds.sink(uri(topic) + options, Map.of())) {
                assertThat(sink.send(List.of(message)).await()).containsExactly(Outcome.Confirmed.YES);
            }
            Optional<Mqtt5Publish> got = publishes.receive(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            raw.unsubscribeWith().topicFilter(topic).send();
            return got.orElseThrow();
        }
    }

    @Test
    void a_sink_writes_body_user_properties_and_content_type() throws Exception {
        Mqtt5Publish got = sent(
                "w/1",
                "",
                message(
                        "hello",
                        Header.of("content-type", "a/b"),
                        Header.of("x-ü", "Grüße €"),
                        Header.of("x", "1"),
                        Header.of("x", "")));
        assertThat(got.getPayloadAsBytes()).isEqualTo("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(got.getContentType().orElseThrow()).hasToString("a/b");
        assertThat(got.getUserProperties().asList().stream().map(p -> p.getName() + "=" + p.getValue()))
                .containsExactly("x-ü=Grüße €", "x=1", "x=");
        assertThat(got.getQos()).isEqualTo(MqttQos.AT_LEAST_ONCE);
        assertThat(got.isRetain()).isFalse();
    }

    @Test
    void quality_retain_and_version_are_as_the_options_say() throws Exception {
        assertThat(sent("w/2", "?qos=2", message("x")).getQos()).isEqualTo(MqttQos.EXACTLY_ONCE);
        assertThat(sent("w/2", "?qos=0", message("x")).getQos()).isEqualTo(MqttQos.AT_MOST_ONCE);
        Mqtt5Publish old = sent("w/3", "?version=3&retain=true", message("x", Header.of("a", "b")));
        assertThat(old.getPayloadAsBytes()).isEqualTo(new byte[] {'x'});
        assertThat(old.getUserProperties().asList()).isEmpty();
        try (Source late = MqttEnds.source(uri("w/3?client_id=late&clean=true"), Limits.DEFAULT)) {
            late.connect();
            assertThat(texts(take(late, 1))).containsExactly("x"); // retained
        }
    }

    @Test
    void headers_with_control_characters_are_poison_and_the_connection_stays() throws Exception {
        try (Sink sink = MqttEnds.sink(uri("w/4"), Map.of())) {
            List<Outcome> outcomes = sink.send(List.of(message("x", Header.of("a", "b\r\nc")), message("y")))
                    .await();
            assertThat(outcomes.getFirst())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.why())
                                    .isInstanceOf(PoisonException.class)
                                    .hasMessageContaining("control characters"));
            assertThat(outcomes.get(1)).isEqualTo(Outcome.Confirmed.YES);
        }
    }
}
