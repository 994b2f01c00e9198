package io.wasmpipes.adapter.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MqttSettingsTest {
    private static final Endpoint.Role SOURCE = Endpoint.Role.SOURCE;
    private static final Endpoint.Role SINK = Endpoint.Role.SINK;

    private static MqttSettings settings(Endpoint.Role role, String uri) {
        return MqttSettings.parse(MqttEnds.endpoint(role, uri, Map.of()), "my pipe", new Problems());
    }

    private static String problems(Endpoint.Role role, String uri, Map<String, String> variables) {
        return new MqttAdapter()
                .problems(MqttEnds.endpoint(role, uri, variables))
                .toString();
    }

    private static String problems(Endpoint.Role role, String uri) {
        return problems(role, uri, Map.of());
    }

    @Test
    void server_and_topic_stand_in_the_uri() {
        MqttSettings plain = settings(SOURCE, "mqtt://host/a/+/b/#");
        assertThat(plain.server()).hasToString("mqtt://host:1883");
        assertThat(plain.topic()).isEqualTo("a/+/b/#");
        assertThat(plain.clientId()).isEqualTo("wasm-pipes-my pipe");
        assertThat(settings(SINK, "mqtts://host:99//a").server()).hasToString("mqtts://host:99");
        assertThat(settings(SINK, "mqtts://host:99//a").topic()).isEqualTo("/a");
        assertThat(settings(SINK, "mqtt://host?topic=a%2Bb").topic()).isEqualTo("a+b");
        assertThat(settings(SOURCE, "mqtt://host/a?share=g").filter()).isEqualTo("$share/g/a");
    }

    @Test
    void every_option_is_read() {
        MqttSettings source = settings(
                SOURCE,
                "mqtt://h/a?version=3&qos=2&client_id=c&clean=true&session_expiry=1h&share=g&receive_maximum=7");
        assertThat(source.version()).isEqualTo(3);
        assertThat(source.qos()).isEqualTo(MqttQos.EXACTLY_ONCE);
        assertThat(source.clientId()).isEqualTo("c");
        assertThat(source.reading()).isEqualTo(new MqttSettings.Reading(true, Duration.ofHours(1), "g", 7));
        assertThat(settings(SINK, "mqtt://h/a?retain").retain()).isTrue();
    }

    @Test
    void wrong_ones_are_problems() {
        assertThat(problems(SOURCE, "mqtt:///a")).contains("must be mqtt://host:port/topic");
        assertThat(problems(SOURCE, "mqtt://me:hidden@h/a"))
                .contains("MQTT_USER")
                .doesNotContain("hidden");
        assertThat(problems(SOURCE, "mqtt://h")).contains("must name a topic or a filter");
        assertThat(problems(SINK, "mqtt://h/a/#")).contains("must name one topic");
        assertThat(problems(SOURCE, "mqtt://h/a?version=4&qos=3&share=a/b&receive_maximum=0&clean=x"))
                .contains("option version", "option qos", "option share", "option receive_maximum", "option clean");
        assertThat(problems(SOURCE, "mqtt://h/a?retain=true")).contains("retain", "unknown to mqtt");
        assertThat(problems(SINK, "mqtt://h/a?share=g")).contains("share", "unknown to mqtt");
        assertThat(problems(SINK, "mqtt://h/a", Map.of("MQTT_PASSWORD", "hidden")))
                .contains("needs MQTT_USER")
                .doesNotContain("hidden");
        assertThat(problems(SINK, "mqtts://h/a", Map.of("TLS_CA_FILE", "none.pem")))
                .contains("readable file");
    }

    @Test
    void promises_go_by_quality_session_share_and_version() {
        assertThat(promises(SOURCE, "mqtt://h/a"))
                .containsOnly(Promise.REDELIVERS, Promise.ORDERED, Promise.HEADERS, Promise.REPEATED_HEADERS);
        assertThat(promises(SOURCE, "mqtt://h/a?qos=0")).doesNotContain(Promise.REDELIVERS);
        assertThat(promises(SOURCE, "mqtt://h/a?clean=true&share=g&version=3")).isEmpty();
        assertThat(promises(SINK, "mqtt://h/a?version=3")).containsOnly(Promise.SENDS_IN_ORDER);
    }

    private static Set<Promise> promises(Endpoint.Role role, String uri) {
        return new MqttAdapter().promises(MqttEnds.endpoint(role, uri, Map.of()));
    }
}
