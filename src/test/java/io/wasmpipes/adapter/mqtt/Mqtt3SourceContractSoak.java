package io.wasmpipes.adapter.mqtt;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;
import io.wasmpipes.support.Mosquitto;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class Mqtt3SourceContractSoak extends SourceContract {
    private static Mosquitto server;

    @BeforeAll
    static void startServer() {
        server = Mosquitto.start(
                "allow_anonymous true", "max_inflight_messages 0", "max_packet_size " + MqttCounterpart.PACKET);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected String title() {
        return "mqtt source, version 3.1.1";
    }

    @Override
    protected Counterpart.ForSource open() {
        return new MqttCounterpart(server, false, "version=3");
    }
}
