package io.wasmpipes.adapter.nats;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import io.wasmpipes.support.NatsServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class NatsSinkContractTest extends SinkContract {
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
        return "nats sink";
    }

    @Override
    protected Counterpart.ForSink open() throws Exception {
        return new NatsCounterpart(server, false, "");
    }
}
