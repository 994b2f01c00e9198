package io.wasmpipes.adapter.mqtt;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import io.wasmpipes.support.Mosquitto;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MqttSinkContractTest extends SinkContract {
    private static Mosquitto server;

    @BeforeAll
    static void startServer() {
        server = Mosquitto.start("allow_anonymous true", "max_packet_size " + MqttCounterpart.PACKET);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected String title() {
        return "mqtt sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new MqttCounterpart(server, true, "");
    }
}
