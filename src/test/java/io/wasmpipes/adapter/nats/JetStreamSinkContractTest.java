package io.wasmpipes.adapter.nats;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import io.wasmpipes.support.NatsServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class JetStreamSinkContractTest extends SinkContract {
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
        return "jetstream sink";
    }

    @Override
    protected Counterpart.ForSink open() throws Exception {
        return new NatsCounterpart(server, true, "");
    }
}
