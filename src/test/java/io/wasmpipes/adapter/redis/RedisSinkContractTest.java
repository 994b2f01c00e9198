package io.wasmpipes.adapter.redis;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import io.wasmpipes.support.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisSinkContractTest extends SinkContract {
    private static RedisServer server;

    @BeforeAll
    static void startServer() {
        server = RedisServer.start(RedisCounterpart.SWITCHES);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected String title() {
        return "redis sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new RedisCounterpart(server, "?create=true&durable=true");
    }
}
