package io.wasmpipes.adapter.nats;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;
import io.wasmpipes.support.NatsServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class JetStreamSourceContractTest extends SourceContract {
    private static NatsServer server;

    @BeforeAll
    static void startServer() {
        server = NatsServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected String title() {
        return "jetstream source";
    }

    @Override
    protected Counterpart.ForSource open() throws Exception {
        return new NatsCounterpart(server, true, "&durable=d&ack_wait=1s");
    }
}
