package io.wasmpipes.adapter.mqtt;

import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.support.Mosquitto;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** A server, HiveMQ's own client, and what tests do with them. */
@Timeout(180)
abstract class MqttBroker {
    static Mosquitto server;
    static Mqtt5BlockingClient raw;

    @BeforeAll
    static void start() {
        server = Mosquitto.start("allow_anonymous true");
        raw = MqttCounterpart.client(server);
        raw.connect();
    }

    @AfterAll
    static void stop() {
        raw.disconnect();
        server.close();
    }

    static String uri(String topic) {
        return "mqtt://127.0.0.1:" + server.port() + "/" + topic;
    }

    static Message message(String body, Header... headers) {
        return Message.of(Bytes.utf8(body)).withHeaders(Headers.of(List.of(headers)));
    }
}
